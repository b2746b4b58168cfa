import { whyKafkaCannotRun } from "@cartwright/messaging/dev/kafka-jars";
import { everyScenario } from "./scenarios/every-scenario.ts";

const missing = await whyKafkaCannotRun();
if (missing !== undefined && process.env.REQUIRE_KAFKA)
  throw new Error(missing);

/** Nine processes on Apache Kafka. */
(missing === undefined ? describe : describe.skip)("on Kafka", () =>
  everyScenario({ mode: "kafka", processes: 9 }),
);
