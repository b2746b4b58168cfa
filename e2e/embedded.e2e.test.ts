import { everyScenario } from "./scenarios/every-scenario.ts";

/** Everything in one process, on the broker in the database. */
everyScenario({ mode: "embedded", processes: 1 });
