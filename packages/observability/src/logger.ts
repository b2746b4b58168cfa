import { createLogger as createWinston, format, transports } from "winston";
import type { Writable } from "node:stream";
import { knownCause } from "./context.ts";
import type { LogExport } from "./log-export.ts";
import { logLimit } from "./log-limit.ts";
import { counter } from "./metrics.ts";
import { redact, redactText } from "./redact.ts";
import { traceIdOf } from "./trace-context.ts";

export const logLevels = ["debug", "info", "warn", "error"] as const;
export type LogLevel = (typeof logLevels)[number];

export type Fields = Readonly<Record<string, unknown>>;
type Log = (message: string, fields?: Fields) => void;

export type Logger = Readonly<Record<LogLevel, Log>> & {
  /** The same logger with these fields on every line. */
  child(fields: Fields): Logger;
};

type LoggerOptions = {
  readonly service: string;
  readonly level: LogLevel;
  /** Where the lines go; standard output unless given. */
  readonly stream?: Writable;
  /** Where they go besides. */
  readonly exported?: Pick<LogExport, "line">;
};

const written = counter("cartwright_log_lines_total");
const dropped = counter("cartwright_log_lines_dropped_total");

/** What comes in storms; of what went well each line tells something of its own. */
const storms: readonly LogLevel[] = ["warn", "error"];
const whole = { write: true, unwritten: 0 };

/** One JSON object per line: time, level, service, message, correlation and trace id, then the fields, redacted; storms of the same warning or error thinned out. */
export function createLogger(options: LoggerOptions): Logger {
  const { service, level, stream = process.stdout, exported } = options;
  const winston = createWinston({
    level,
    levels: { error: 0, warn: 1, info: 2, debug: 3 },
    format: format.printf((line) => JSON.stringify(line["line"])),
    transports: [new transports.Stream({ stream })],
  });
  const limit = logLimit();
  const write = (at: LogLevel, message: string, fields: Fields): void => {
    const labels = { service: ownerOf(fields) ?? service, level: at };
    const { write: isWritten, unwritten } = storms.includes(at)
      ? limit(at, message)
      : whole;
    (isWritten ? written : dropped).add(1, labels);
    if (!isWritten) return;
    const line = {
      ...stamp(at, service, message),
      ...fields,
      ...(unwritten > 0 && { unwritten }),
    };
    winston.log(at, "", { line });
    exported?.line({
      ...labels,
      text: JSON.stringify(line),
      traceparent: knownCause()?.traceparent,
    });
  };
  return logger(level, write, {});
}

/** A child of the process's logger speaks for a service. */
const ownerOf = ({ service }: Fields): string | undefined =>
  typeof service === "string" ? service : undefined;

type Write = (level: LogLevel, message: string, fields: Fields) => void;

function logger(level: LogLevel, write: Write, bound: Fields): Logger {
  const log = (at: LogLevel): Log =>
    logLevels.indexOf(at) < logLevels.indexOf(level)
      ? () => undefined
      : (message, fields) =>
          write(at, message, { ...bound, ...(redact(fields ?? {}) as Fields) });
  return {
    debug: log("debug"),
    info: log("info"),
    warn: log("warn"),
    error: log("error"),
    child: (fields) =>
      logger(level, write, { ...bound, ...(redact(fields) as Fields) }),
  };
}

function stamp(level: LogLevel, service: string, message: string): Fields {
  const cause = knownCause();
  return {
    time: new Date().toISOString(),
    level,
    service,
    message: redactText(message),
    ...(cause && { correlationId: cause.correlationId }),
    ...(cause?.traceparent && { traceId: traceIdOf(cause.traceparent) }),
  };
}

/** Says nothing; for tests. */
export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silentLogger,
};
