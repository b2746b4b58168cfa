import type { Percentiles } from "./database-figures.ts";
import type { LimitSummary, RunSummary } from "./summary.ts";

type Line = readonly [name: string, value: string];

/** One run, for a terminal. */
export function linesOf(run: RunSummary, limit?: LimitSummary): string {
  const rows: Line[] = [
    [
      "load",
      run.rate === null
        ? "saturated"
        : `${run.rate} orders/s arriving (Poisson)`,
    ],
    [
      "measured for",
      `${run.seconds.toFixed(1)} s, machine ${percent(run.machine.busy)} busy, ${percent(run.machine.stolen)} stolen`,
    ],
    ["accepted", `${run.acceptedPerSecond.toFixed(1)} orders/s`],
    ["finished", `${run.finishedPerSecond.toFixed(1)} orders/s`],
    ...(limit ? limitLines(limit) : []),
    ["accept p50/p99/p99.9", times(run.accept)],
    ["confirm p50/p99/p99.9", times(run.confirm)],
    [
      "not accepted",
      Object.keys(run.failures).length === 0
        ? "none"
        : JSON.stringify(run.failures),
    ],
    ["CPU per order", `${run.cpuPerOrder.toFixed(2)} ms`],
    ...run.processes.map(({ name, cpuPerOrder, peakMemory }): Line => [
      `  ${name}`,
      `${cpuPerOrder.toFixed(2)} ms, ${peakMemory.toFixed(0)} MiB`,
    ]),
    ["  (shoppers)", `${run.shoppersCpuPerOrder.toFixed(2)} ms`],
    ["commits per order", run.commitsPerOrder.toFixed(2)],
    ["rows per batch", run.rowsPerBatch.toFixed(1)],
    ["messages per publication", run.messagesPerPublication.toFixed(1)],
    [
      "WAL per order",
      `${kibibytes(run.walPerOrder)}, ${run.wholePagesPerOrder.toFixed(2)} whole pages`,
    ],
    ["to disk per order", kibibytes(run.bytesOnDiskPerOrder)],
    ["outbox age p99", `${run.outboxAgeP99.toFixed(0)} ms`],
    ["spans per order", run.spansPerOrder.toFixed(1)],
    [
      "totals",
      run.differences.length === 0
        ? "add up"
        : `DIFFER\n${run.differences.join("\n")}`,
    ],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows
    .map(([name, value]) => `${name.padEnd(width)}  ${value}`)
    .join("\n");
}

const limitLines = (limit: LimitSummary): Line[] => [
  [
    "limit before/after",
    `${limit.before.toFixed(0)} / ${limit.after.toFixed(0)} orders/s, ${limit.cpuPerOrder.toFixed(2)} ms of Postgres, ${limit.commitsPerOrder.toFixed(2)} commits, ${kibibytes(limit.walPerOrder)} of WAL`,
  ],
  ["share of the limit", limit.share.toFixed(3)],
];

export const times = ({ p50, p99, p999 }: Percentiles): string =>
  `${[p50, p99, p999].map((value) => value?.toFixed(0) ?? "–").join(" / ")} ms`;

export const kibibytes = (bytes: number): string =>
  `${(bytes / 1_024).toFixed(1)} KiB`;
export const percent = (share: number): string =>
  `${(share * 100).toFixed(0)} %`;
