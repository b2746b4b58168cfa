import type { FaultSuite } from "../chaos.ts";

/** Faults of the broker, the database and the network, in the order they run in. */
export const faultSuite: FaultSuite = { faults: [] };
