import type { Percentiles } from "./database-figures.ts";
import type { LimitFigures } from "./limit/limit.ts";
import { rowsBeside, type RowsBeside } from "./limit/rows.ts";
import type { Figures } from "./measure.ts";
import { sum } from "./usage.ts";

/** One process, or Postgres, or Kafka, for each finished order. */
export type ProcessFigures = {
  readonly name: string;
  readonly cpuPerOrder: number;
  /** MiB. */
  readonly peakMemory: number;
};

/** One run in numbers for people and machines: times in milliseconds, sizes in bytes unless said. */
export type RunSummary = {
  readonly rate: number | null;
  readonly seconds: number;
  readonly acceptedPerSecond: number;
  readonly finishedPerSecond: number;
  readonly accept: Percentiles;
  readonly confirm: Percentiles;
  readonly failures: Readonly<Record<string, number>>;
  readonly cpuPerOrder: number;
  readonly processes: readonly ProcessFigures[];
  /** Of the load generator, which is no part of the platform and is not in the sum. */
  readonly shoppersCpuPerOrder: number;
  readonly bytesOnDiskPerOrder: number;
  readonly commitsPerOrder: number;
  readonly walPerOrder: number;
  readonly wholePagesPerOrder: number;
  readonly rowsPerBatch: number;
  readonly messagesPerPublication: number;
  readonly spansPerOrder: number;
  readonly outboxAgeP99: number;
  readonly machine: { readonly busy: number; readonly stolen: number };
  readonly differences: readonly string[];
};

export function summaryOf(figures: Figures): RunSummary {
  const { load, outcomes, database, counters, usage } = figures;
  const orders = Math.max(1, outcomes.finished);
  return {
    rate: figures.rate ?? null,
    seconds: figures.seconds,
    acceptedPerSecond: load.accepted / figures.seconds,
    finishedPerSecond: outcomes.finished / figures.seconds,
    accept: percentilesOf(load.latencies),
    confirm: outcomes.confirm,
    failures: load.failures,
    cpuPerOrder: sum(usage.map(({ cpu }) => cpu)) / orders,
    processes: usage.map(({ name, cpu, peakMemory }) => ({
      name,
      cpuPerOrder: cpu / orders,
      peakMemory,
    })),
    shoppersCpuPerOrder: load.cpuMilliseconds / orders,
    bytesOnDiskPerOrder: figures.bytesOnDisk / orders,
    commitsPerOrder: database.commits / orders,
    walPerOrder: database.walBytes / orders,
    wholePagesPerOrder: database.wholePages / orders,
    rowsPerBatch: counters.batchedRecords / Math.max(1, counters.batches),
    messagesPerPublication:
      counters.publishedRecords / Math.max(1, counters.publications),
    spansPerOrder: figures.spans / orders,
    outboxAgeP99: (at(figures.outboxAges, 0.99) ?? 0) * 1_000,
    machine: figures.machine,
    differences: figures.differences,
  };
}

/** What the limit came to before and behind the run, and how much of it the platform reaches. */
export type LimitSummary = {
  readonly before: number;
  readonly after: number;
  readonly cpuPerOrder: number;
  readonly commitsPerOrder: number;
  readonly walPerOrder: number;
  readonly share: number;
  readonly rows: readonly RowsBeside[];
};

export function limitSummaryOf(
  before: LimitFigures,
  after: LimitFigures,
  figures: Figures,
): LimitSummary {
  const mean = (of: (limit: LimitFigures) => number) =>
    (of(before) + of(after)) / 2;
  const rate = mean(({ ordersPerSecond }) => ordersPerSecond);
  return {
    before: before.ordersPerSecond,
    after: after.ordersPerSecond,
    cpuPerOrder: mean(({ cpuPerOrder }) => cpuPerOrder),
    commitsPerOrder: mean(({ commitsPerOrder }) => commitsPerOrder),
    walPerOrder: mean(({ walPerOrder }) => walPerOrder),
    share: figures.outcomes.finished / figures.seconds / rate,
    rows: rowsBeside(after, {
      rows: figures.rows,
      orders: Math.max(1, figures.outcomes.finished),
    }),
  };
}

/** Of numbers in ascending order. */
export const percentilesOf = (ascending: readonly number[]): Percentiles => ({
  p50: at(ascending, 0.5),
  p99: at(ascending, 0.99),
  p999: at(ascending, 0.999),
});

const at = (ascending: readonly number[], share: number): number | null =>
  ascending[
    Math.min(ascending.length - 1, Math.floor(ascending.length * share))
  ] ?? null;
