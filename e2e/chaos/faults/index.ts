import type { Fault, FaultSuite } from "../chaos.ts";
import type { Part } from "../parts.ts";
import {
  acksLost,
  brokerKilled,
  kafkaDown,
  rollingRestart,
  slowBrokers,
} from "./broker-faults.ts";
import {
  commitsCut,
  connectionsTerminated,
  postgresRestarted,
  transactionsOpen,
} from "./database-faults.ts";
import { messagesRepeated, offsetsReset } from "./message-faults.ts";
import { openSurroundings, type Surroundings } from "./surroundings.ts";

/** The faults of these parts, in the order they run in. The grid alone needs nothing that can be broken. */
export function faultSuite(parts: readonly Part[]): FaultSuite {
  if (parts.every((part) => part === "grid")) return { faults: [] };
  let surroundings: Surroundings | undefined;
  const given = () => {
    if (!surroundings) throw new Error("The surroundings are not prepared.");
    return surroundings;
  };
  const faultsOf: Readonly<Record<Part, () => readonly Fault[]>> = {
    grid: () => [],
    faults: () => brokerAndDatabase(given),
    processes: () => [],
  };
  return {
    faults: parts.flatMap((part) => faultsOf[part]()).map(told),
    async prepare() {
      surroundings = await openSurroundings();
      return surroundings;
    },
  };
}

/** Faults of the broker, the database and the network. */
const brokerAndDatabase = (given: () => Surroundings): readonly Fault[] => [
  acksLost(given),
  commitsCut(given),
  brokerKilled(given),
  rollingRestart(given),
  connectionsTerminated(),
  postgresRestarted(given),
  slowBrokers(given),
  transactionsOpen(given),
  kafkaDown(given),
  messagesRepeated(given),
  offsetsReset(given),
];

/** The fault, which says what came of it. */
function told(fault: Fault): Fault {
  return {
    ...fault,
    async run(chaos) {
      const outcome = await fault.run(chaos);
      const times = outcome.recoveries.map((one) => (one / 1_000).toFixed(1));
      const notes = [
        `back after ${times.join(", ")} s`,
        ...(outcome.notes ?? []),
      ];
      chaos.say(`struck ${outcome.injected} times; ${notes.join("; ")}`);
      return outcome;
    },
  };
}
