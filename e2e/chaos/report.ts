import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Duration } from "@cartwright/kernel/duration";
import type { CrashSignal } from "./arm.ts";
import type { Fault, FaultOutcome } from "./chaos.ts";
import { hitsOf, missed, type Due, type HitsByPoint } from "./due.ts";
import type { Strike } from "./grid.ts";
import { outcomeOf } from "./history.ts";
import {
  isSold,
  type Evidence,
  type Violation,
} from "./invariants/evidence.ts";
import { moneyDrift } from "./invariants/money.ts";
import { duplicateDeliveries } from "./invariants/messages.ts";

export type FaultReport = Pick<Fault, "name" | "about" | "id"> & FaultOutcome;

export type ChaosReport = {
  readonly at: string;
  readonly seconds: number;
  readonly orders: {
    readonly tried: number;
    readonly accepted: number;
    readonly refused: number;
    readonly unknown: number;
    readonly confirmed: number;
    readonly cancelled: number;
  };
  readonly messages: {
    readonly published: number;
    readonly duplicateDeliveries: number;
  };
  /** How often each point was to be hit. */
  readonly due: Due;
  readonly points: HitsByPoint;
  /** Milliseconds from each crash to the end of orders placed right then. */
  readonly recoveries: readonly Duration[];
  readonly faults: readonly FaultReport[];
  readonly violations: readonly Violation[];
  /** What orders cost, ours and the provider's ledger: how far they are apart, minor units. */
  readonly moneyDrift: number;
};

export function reportOf(
  evidence: Evidence,
  run: {
    readonly seconds: number;
    readonly due: Due;
    readonly strikes: readonly Strike[];
    readonly faults: readonly FaultReport[];
    readonly violations: readonly Violation[];
  },
): ChaosReport {
  const { postings } = evidence.history;
  const count = (outcome: string) =>
    postings.filter((posting) => outcomeOf(posting) === outcome).length;
  const confirmed = evidence.orders.filter(isSold).length;
  return {
    at: new Date().toISOString(),
    seconds: Math.round(run.seconds),
    orders: {
      tried: postings.length,
      accepted: count("ok"),
      refused: count("fail"),
      unknown: count("info"),
      confirmed,
      cancelled: evidence.orders.filter(({ status }) => status === "cancelled")
        .length,
    },
    messages: {
      published: evidence.published.length,
      duplicateDeliveries: duplicateDeliveries(evidence),
    },
    due: run.due,
    points: hitsOf(run.strikes),
    recoveries: run.strikes.map(({ recovery }) => Math.round(recovery)),
    faults: run.faults,
    violations: run.violations,
    moneyDrift: moneyDrift(evidence),
  };
}

/** What makes a run fail. */
export const failuresOf = ({
  violations,
  due,
  points,
  faults,
}: Pick<ChaosReport, "violations" | "due" | "points" | "faults">): string[] => [
  ...violations.map(({ invariant, sentence }) => `${invariant}: ${sentence}`),
  ...missed(points, due).map(
    ({ point, signal, times, due: wanted }) =>
      `${point} was ${verbOf(signal, due)} ${times} times of ${wanted}.`,
  ),
  ...faults
    .filter(({ injected }) => injected === 0)
    .map(({ name }) => `The fault ${name} never struck.`),
];

const verbOf = (signal: CrashSignal, { stops }: Due): string => {
  if (stops === 0) return "hit";
  return signal === "SIGSTOP" ? "stopped" : "killed";
};

const inSeconds = (duration: Duration | undefined): string =>
  duration === undefined ? "–" : `${(duration / 1_000).toFixed(1)} s`;

function spread(durations: readonly Duration[]): string {
  const sorted = durations.toSorted((a, b) => a - b);
  return `${inSeconds(sorted[Math.floor(sorted.length / 2)])} / ${inSeconds(sorted.at(-1))}`;
}

/** How often these invariants were violated; without any named, all of them. */
const found = (
  { violations }: Pick<ChaosReport, "violations">,
  ...invariants: string[]
): number =>
  violations
    .filter(
      ({ invariant }) =>
        invariants.length === 0 || invariants.includes(invariant),
    )
    .reduce((sum, { count }) => sum + count, 0);

export function markdownOf(report: ChaosReport): string {
  const { orders, messages, points, faults, recoveries } = report;
  const failures = failuresOf(report);
  const ofAll = messages.duplicateDeliveries / Math.max(1, messages.published);
  const struck = Object.values(points).reduce(
    (sum, { killed, stopped }) => sum + killed + stopped,
    0,
  );
  return `${[
    "| figure | value |",
    "| --- | --- |",
    `| orders tried: accepted / refused / unknown | ${orders.tried}: ${orders.accepted} / ${orders.refused} / ${orders.unknown} |`,
    `| confirmed / cancelled | ${orders.confirmed} / ${orders.cancelled} |`,
    `| processes killed or stopped | ${struck} |`,
    `| other faults injected | ${faults.reduce((sum, { injected }) => sum + injected, 0)} |`,
    `| orders or messages lost | ${found(report, "I6", "I11")} |`,
    `| effects that happened twice | ${found(report, "I2", "I10", "I12")} |`,
    `| oversold | ${found(report, "I3")} |`,
    `| money drift | ${(report.moneyDrift / 100).toFixed(2)} |`,
    `| orders not ended in time | ${found(report, "I5")} |`,
    `| violations of all invariants | ${found(report)} |`,
    `| messages published | ${messages.published} |`,
    `| of them delivered again | ${messages.duplicateDeliveries} (${(100 * ofAll).toFixed(2)} %) |`,
    `| back after a crash, p50 / longest | ${spread(recoveries)} |`,
    `| duration | ${report.seconds} s |`,
    ...(report.due.rounds > 0
      ? ["", "| crash point | killed | stopped |", "| --- | --- | --- |"]
      : []),
    ...Object.entries(points)
      .filter(() => report.due.rounds > 0)
      .map(
        ([point, { killed, stopped }]) =>
          `| \`${point}\` | ${killed} | ${stopped} |`,
      ),
    ...(faults.length > 0
      ? [
          "",
          "| fault | | injected | back after, p50 / longest |",
          "| --- | --- | --- | --- |",
        ]
      : []),
    ...faults.map(
      ({ id, name, about, injected, recoveries: back, notes = [] }) =>
        `| ${id} \`${name}\` | ${[about, ...notes].join(": ")} | ${injected} | ${spread(back)} |`,
    ),
    ...(failures.length > 0
      ? ["", "Failures:", "", ...failures.map((one) => `- ${one}`)]
      : []),
  ].join("\n")}\n`;
}

/** Writes `chaos.md` and `chaos.json`. */
export async function writeReport(
  folder: string,
  report: ChaosReport,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "chaos.md"), markdownOf(report));
  await writeFile(
    join(folder, "chaos.json"),
    `${JSON.stringify(report, undefined, 2)}\n`,
  );
}

/** Puts the report between the two marks of this name on a page. */
export async function publish(
  page: string,
  name: string,
  report: ChaosReport,
): Promise<void> {
  const text = await readFile(page, "utf8");
  const mark = `<!-- ${name}:begin -->`;
  const begin = text.indexOf(mark);
  const end = text.indexOf(`<!-- ${name}:end -->`);
  if (begin < 0 || end < begin)
    throw new Error(`${page} has no place for figures of ${name}.`);
  const before = text.slice(0, begin + mark.length);
  await writeFile(
    page,
    `${before}\n\n${markdownOf(report)}\n${text.slice(end)}`,
  );
}
