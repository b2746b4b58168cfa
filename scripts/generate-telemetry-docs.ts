import { metricGroups } from "@cartwright/observability/registry/metrics";
import { spans } from "@cartwright/observability/registry/spans";
import type { Definitions } from "@cartwright/observability/registry/definition";
import { code, generatePage, table } from "./markdown.ts";

/** Writes docs/reference/metrics.md from the registry, or with `--check` fails when it is stale. */

const codes = (words: readonly string[]): string => words.map(code).join(", ");

const metricsIn = (group: Definitions): string =>
  table(
    ["Metric", "Type", "Unit", "Labels", "Meaning"],
    Object.entries(group).map(([name, metric]) => [
      code(name),
      metric.type,
      metric.unit,
      codes(metric.labels),
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

A trace begins at the gateway, which decides whether it is recorded; a caller's own trace is [linked to it](../architecture.md#context).

${table(
  ["Span", "Kind", "Attributes", "Meaning"],
  spans.map(({ name, kind, attributes, help }) => [
    code(name),
    kind,
    codes(attributes),
    help,
  ]),
)}
`;

await generatePage("docs/reference/metrics.md", text);
