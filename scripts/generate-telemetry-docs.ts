import { metricGroups } from "@cartwright/observability/registry/metrics";
import { spans } from "@cartwright/observability/registry/spans";
import type { Definitions } from "@cartwright/observability/registry/definition";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { format } from "prettier";

/** Writes docs/reference/metrics.md from the registry, or with `--check` fails when it is stale. */

const path = join(import.meta.dirname, "../docs/reference/metrics.md");

const cell = (text: string): string => text.replaceAll("|", "\\|");
const code = (words: readonly string[]): string =>
  words.map((word) => `\`${word}\``).join(", ");

const table = (
  head: readonly string[],
  rows: readonly (readonly string[])[],
): string =>
  [head, head.map(() => "---"), ...rows]
    .map((row) => `| ${row.map(cell).join(" | ")} |`)
    .join("\n");

const metricsIn = (group: Definitions): string =>
  table(
    ["Metric", "Type", "Unit", "Labels", "Meaning"],
    Object.entries(group).map(([name, metric]) => [
      code([name]),
      metric.type,
      metric.unit,
      code(metric.labels),
      metric.convention === undefined
        ? metric.help
        : `${metric.help} (\`${metric.convention}\`)`,
    ]),
  );

const text = `# Metrics and spans

Made from \`packages/observability/src/registry\` by \`npm run docs\`. What a running platform shows is checked against the same files.

Each process shows its metrics in OpenMetrics' text format at \`/metrics\` on \`METRICS_PORT\`, and nothing without that variable. In brackets:
the OpenTelemetry convention that a metric translates. Metrics without a \`service\` label are those of a process.

${Object.entries(metricGroups)
  .map(([title, group]) => `## ${title}\n\n${metricsIn(group)}\n`)
  .join("\n")}
## Spans

${table(
  ["Span", "Kind", "Attributes", "Meaning"],
  spans.map(({ name, kind, attributes, help }) => [
    code([name]),
    kind,
    code(attributes),
    help,
  ]),
)}
`;

const made = await format(text, { parser: "markdown" });
if (!process.argv.includes("--check")) writeFileSync(path, made);
else if (readFileSync(path, "utf8") !== made) {
  console.error(
    "docs/reference/metrics.md is not what the registry says: npm run docs",
  );
  process.exitCode = 1;
}
