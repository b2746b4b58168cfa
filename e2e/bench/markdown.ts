import type { BacklogSummary } from "./backlog.ts";
import { measuresOf, verdictOf, type Measure } from "./floors.ts";
import type { GrowthSummary } from "./growth.ts";
import type { IdleSummary } from "./idle.ts";
import type { RowsBeside } from "./limit/rows.ts";
import { kibibytes, linesOf, percent, times } from "./print.ts";
import type { SubjectReport } from "./subject.ts";
import type { RunSummary } from "./summary.ts";

/** The whole report as a page. */
export function markdownOf(
  reports: readonly SubjectReport[],
  options: { readonly flags: string },
): string {
  return [
    "# Benchmark",
    "",
    `\`npm run bench${options.flags === "" ? "" : ` -- ${options.flags}`}\`, ${new Date().toISOString()}`,
    ...conditions(reports),
    "",
    "## Floors and goals",
    "",
    table(
      ["measure", "floor", "goal", "measured", ""],
      measuresOf(reports).map(measureRow),
    ),
    ...reports.flatMap(sections),
    "",
  ].join("\n");
}

function conditions(reports: readonly SubjectReport[]): string[] {
  const host = reports.find((report) => report.host)?.host;
  if (!host) return [];
  return [
    "",
    `${host.cores} cores (${host.processor}), ${host.memoryGiB} GiB; Node ${host.node}, PostgreSQL ${host.postgres} ` +
      `(fsync ${host.fsync}); load, gateway, services, Postgres and Kafka on this machine; traces exported, one in ten sampled.`,
  ];
}

function measureRow(measure: Measure): string[] {
  const { name, unit, floor, goal, measured } = measure;
  const show = (value: number | undefined) =>
    value === undefined
      ? "–"
      : `${value < 10 ? value.toFixed(2) : value.toFixed(0)} ${unit}`.trim();
  return [name, show(floor), show(goal), show(measured), verdictOf(measure)];
}

function sections(report: SubjectReport): string[] {
  const { signature, idle, saturated, limit, open, slow, backlog, growth } =
    report;
  const title = `${report.mode}, ${report.processes} process${report.processes > 1 ? "es" : ""}`;
  const after =
    signature.after === undefined
      ? ""
      : ` before and ${signature.after.toFixed(0)} µs after`;
  return [
    "",
    `## ${title}`,
    "",
    `Verifying an RS256 signature took ${signature.before.toFixed(0)} µs${after}.`,
    ...(idle ? idleSection(idle) : []),
    ...(saturated ? runSection("Saturated", saturated, report) : []),
    ...(limit ? rowsSection(limit.rows) : []),
    ...(open ? runSection("Open arrival", open) : []),
    ...(slow ? runSection("Open arrival, slow", slow) : []),
    ...(backlog ? backlogSection(backlog) : []),
    ...(growth ? growthSection(growth) : []),
  ];
}

const runSection = (
  title: string,
  run: RunSummary,
  { limit }: Partial<SubjectReport> = {},
): string[] => ["", `### ${title}`, "", "```", linesOf(run, limit), "```"];

const rowsSection = (rows: readonly RowsBeside[]): string[] => [
  "",
  "### Rows per order: the limit's and the platform's",
  "",
  "Inserted / updated / deleted.",
  "",
  table(
    ["table", "limit", "platform"],
    rows.map(({ name, ...counts }) => [
      name,
      ...[counts.limit, counts.platform].map(({ inserted, updated, deleted }) =>
        [inserted, updated, deleted]
          .map((count) => count.toFixed(2))
          .join(" / "),
      ),
    ]),
  ),
];

const idleSection = ({ memory, cores, processes }: IdleSummary): string[] => [
  "",
  "### Idle",
  "",
  `The services hold ${memory.toFixed(0)} MiB and use ${cores.toFixed(3)} of a core.`,
  "",
  table(
    ["process", "MiB", "cores"],
    processes.map((one) => [
      one.name,
      one.memory.toFixed(0),
      one.cores.toFixed(3),
    ]),
  ),
];

const backlogSection = (one: BacklogSummary): string[] => [
  "",
  "### Without Kafka",
  "",
  `${one.rate} orders/s kept arriving while Kafka was stopped for ${one.outageSeconds} s. When it was back ${one.backlog} orders ` +
    `were on their way; they were gone ${one.drainSeconds.toFixed(1)} s later, ${one.finishedPerSecond.toFixed(0)} finished orders/s, ` +
    `${one.timesArrival.toFixed(1)} × the arrival. Not accepted: ${JSON.stringify(one.failures)}. ` +
    (one.differences.length === 0
      ? "Totals add up."
      : `Totals differ: ${one.differences.join("; ")}`),
];

const growthSection = (sizes: readonly GrowthSummary[]): string[] => [
  "",
  "### Growth",
  "",
  table(
    [
      "finished orders before",
      "CPU per order",
      "finished/s",
      "confirm p50 / p99 / p99.9",
      "WAL per order",
      "database",
      "rows in outboxes after",
    ],
    sizes.map(({ orders, run, databaseBytes, outboxRows }) => [
      String(orders),
      `${run.cpuPerOrder.toFixed(2)} ms`,
      run.finishedPerSecond.toFixed(0),
      times(run.confirm),
      kibibytes(run.walPerOrder),
      `${(databaseBytes / 2 ** 30).toFixed(2)} GiB`,
      String(outboxRows),
    ]),
  ),
  ...sizes.flatMap(({ orders, tables }) => [
    "",
    `Tables after the load on ${orders} orders:`,
    "",
    table(
      ["table", "rows", "dead", "MiB", "vacuums"],
      tables.map(({ name, rows, dead, bytes, vacuums }) => [
        name,
        String(rows),
        `${dead} (${percent(dead / Math.max(1, rows + dead))})`,
        (bytes / 2 ** 20).toFixed(1),
        String(vacuums),
      ]),
    ),
  ]),
];

function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join(
    "\n",
  );
}
