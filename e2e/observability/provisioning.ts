import { readFileSync } from "node:fs";
import { join } from "node:path";

const path = join(
  import.meta.dirname,
  "../../infra/grafana/provisioning/datasources/datasources.yaml",
);

/** What Grafana is told of one data source, as text. */
export function dataSource(name: string): string {
  const [, ...sources] = readFileSync(path, "utf8").split(/^ {2}- name: /m);
  const text = sources.find((one) => one.startsWith(`${name}\n`));
  if (text === undefined) throw new Error(`Grafana has no source ${name}.`);
  return text;
}

/** What the pattern's first group finds there, without quotes. */
export function setting(name: string, pattern: RegExp): string {
  const [, found] = pattern.exec(dataSource(name)) ?? [];
  if (found === undefined) throw new Error(`${name} has no ${pattern.source}.`);
  return found.replace(/^'(.*)'$/, "$1").replace(/^"(.*)"$/, "$1");
}

/** The label of an exemplar by which Grafana finds its trace. */
export const exemplarLabel = (): string =>
  setting("Prometheus", /exemplarTraceIdDestinations:\s+- \{ name: (\w+),/);

/** What Grafana asks Loki for, to find the lines of a trace. */
export const linesOfTrace = (traceId: string): string =>
  setting("Jaeger", /^ +query: ('.*')$/m).replaceAll(
    "$${__trace.traceId}",
    traceId,
  );
