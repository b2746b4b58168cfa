import type { Fault, FaultSuite } from "../chaos.ts";
import { seconds, type Duration } from "@cartwright/kernel/duration";
import type { Part } from "../parts.ts";
import {
  acksLost,
  brokerKilled,
  kafkaDown,
  rollingRestart,
  slowBrokers,
} from "./broker-faults.ts";
import { cutOff } from "./cut-off.ts";
import {
  commitsCut,
  connectionsTerminated,
  postgresRestarted,
  transactionsOpen,
} from "./database-faults.ts";
import { messagesRepeated, offsetsReset } from "./message-faults.ts";
import { memoryExhausted } from "./memory.ts";
import { randomRestarts } from "./restarts.ts";
import { rollingDeploy } from "./rolling-deploy.ts";
import { serviceDown } from "./service-down.ts";
import { openSurroundings, type Surroundings } from "./surroundings.ts";

/** The faults of these parts, in the order they run in. The grid alone needs nothing that can be broken. */
export function faultSuite(
  parts: readonly Part[],
  lengths: Lengths,
): FaultSuite {
  if (parts.every((part) => part === "grid")) return { faults: [] };
  let surroundings: Surroundings | undefined;
  const given = () => {
    if (!surroundings) throw new Error("The surroundings are not prepared.");
    return surroundings;
  };
  const faultsOf: Readonly<Record<Part, () => readonly Fault[]>> = {
    grid: () => [],
    faults: () => brokerAndDatabase(given),
    processes: () => ofProcesses(given, lengths),
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
  commitsCut(given),
  brokerKilled(given),
  rollingRestart(given),
  connectionsTerminated(),
  postgresRestarted(given),
  {
    ...transactionsOpen(given),
    meanwhile: [acksLost(given), slowBrokers(given)],
  },
  kafkaDown(given),
  messagesRepeated(given),
  offsetsReset(given),
];

/** How long faults last that could last for any time. */
export type Lengths = {
  /** A service, or its way to the brokers, is away for so long. */
  readonly away: Duration;
  /** Processes are struck again and again for so long. */
  readonly unrest: Duration;
};

/** Below it no consumer would be taken for stalled yet, which is what might end a process. */
const untilStalled = seconds(70);

const ofProcesses = (
  given: () => Surroundings,
  { away, unrest }: Lengths,
): readonly Fault[] => [
  serviceDown(away),
  rollingDeploy(),
  randomRestarts(unrest),
  memoryExhausted(),
  cutOff(given, Math.max(away, untilStalled)),
];

/** The fault, which says what came of it. */
function told(fault: Fault): Fault {
  return {
    ...fault,
    ...(fault.meanwhile && { meanwhile: fault.meanwhile.map(told) }),
    async run(chaos, others) {
      const outcome = await fault.run(chaos, others);
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
