import type { Part } from "@cartwright/kernel/part";
import type { LogLevel } from "./logger.ts";

/** A line as it was written, for a store of logs. */
export type ExportedLine = {
  readonly service: string;
  readonly level: LogLevel;
  /** The line itself, one JSON object. */
  readonly text: string;
  /** Of what it was written for. */
  readonly traceparent?: string | undefined;
};

/** Hands lines on, in batches and without anybody waiting for it. */
export type LogExport = Part & { line(line: ExportedLine): void };

const nowhere: LogExport = { name: "logs", line: () => undefined };

/** Over OTLP/HTTP, for instance to `http://localhost:4318`; nowhere without it. Lines are on standard output in any case. */
export async function startLogExport(
  endpoint: string | undefined,
): Promise<LogExport> {
  if (!endpoint) return nowhere;
  const { otlpLogExport } = await import("./otlp-log-export.ts");
  return otlpLogExport(endpoint);
}
