import type { Outcomes } from "./database-figures.ts";
import type { LoadReport } from "./load-plan.ts";
import type { Usage } from "./usage.ts";

export type Figures = {
  readonly mode: string;
  readonly processes: number;
  readonly rate: number | undefined;
  readonly load: LoadReport;
  /** What was measured. */
  readonly from: Date;
  readonly to: Date;
  readonly outcomes: Outcomes;
  readonly commits: number;
  readonly walBytes: number;
  readonly wholePages: number;
  /** Seconds. */
  readonly oldestMessage: number;
  readonly usage: readonly Usage[];
};

export function printFigures(figures: Figures): void {
  const { load, from, to, outcomes, usage } = figures;
  const elapsed = (to.getTime() - from.getTime()) / 1_000;
  const orders = Math.max(1, outcomes.finished);
  const each = (total: number) => (total / orders).toFixed(2);
  const at = (share: number) =>
    load.latencies[Math.floor(load.latencies.length * share)] ?? 0;

  const rows: [string, string][] = [
    [
      "mode",
      `${figures.mode}, ${figures.processes} process${figures.processes > 1 ? "es" : ""}, ` +
        (figures.rate === undefined
          ? "saturated"
          : `${figures.rate} orders/s arriving (Poisson)`),
    ],
    ["measured for", `${elapsed.toFixed(1)} s`],
    ["accepted", `${(load.accepted / elapsed).toFixed(1)} orders/s`],
    ["finished", `${(outcomes.finished / elapsed).toFixed(1)} orders/s`],
    ["accept p50/p99", `${at(0.5).toFixed(0)} / ${at(0.99).toFixed(0)} ms`],
    [
      "confirm p50/p99",
      `${milliseconds(outcomes.p50)} / ${milliseconds(outcomes.p99)} ms`,
    ],
    [
      "not accepted",
      Object.keys(load.failures).length === 0
        ? "none"
        : JSON.stringify(load.failures),
    ],
    [
      "CPU per order",
      `${each(usage.reduce((total, { cpu }) => total + cpu, 0))} ms`,
    ],
    ...usage.map(({ name, cpu, memory }): [string, string] => [
      `  ${name}`,
      `${each(cpu)} ms, ${memory.toFixed(0)} MiB`,
    ]),
    ["  (shoppers)", `${each(load.cpuMilliseconds)} ms`],
    ["commits per order", each(figures.commits)],
    [
      "WAL per order",
      `${(figures.walBytes / orders / 1_024).toFixed(1)} KiB, ${each(figures.wholePages)} whole pages`,
    ],
    ["oldest in an outbox", `${(figures.oldestMessage * 1_000).toFixed(0)} ms`],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  for (const [name, value] of rows)
    console.log(`${name.padEnd(width)}  ${value}`);
}

const milliseconds = (value: number | null): string => value?.toFixed(0) ?? "–";
