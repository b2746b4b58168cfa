import { ROOT_CONTEXT, trace, type Context } from "@opentelemetry/api";
import { SeverityNumber, type Logger } from "@opentelemetry/api-logs";
import { OTLPLogExporter } from "@opentelemetry/exporter-logs-otlp-http";
import { resourceFromAttributes } from "@opentelemetry/resources";
import {
  BatchLogRecordProcessor,
  LoggerProvider,
} from "@opentelemetry/sdk-logs";
import type { LogExport } from "./log-export.ts";
import { parseTraceparent } from "./trace-context.ts";

const severities = {
  debug: SeverityNumber.DEBUG,
  info: SeverityNumber.INFO,
  warn: SeverityNumber.WARN,
  error: SeverityNumber.ERROR,
} as const;

/** By the OpenTelemetry SDK; a process with many services speaks for each of them by its own name. */
export function otlpLogExport(endpoint: string): LogExport {
  const providers: LoggerProvider[] = [];
  const loggers = new Map<string, Logger>();
  const loggerOf = (service: string): Logger => {
    const known = loggers.get(service);
    if (known) return known;
    const provider = openProvider(service, endpoint);
    const logger = provider.getLogger("cartwright");
    providers.push(provider);
    loggers.set(service, logger);
    return logger;
  };
  return {
    name: "logs",
    line: ({ service, level, text, traceparent }) =>
      loggerOf(service).emit({
        severityNumber: severities[level],
        severityText: level,
        body: text,
        context: contextOf(traceparent),
      }),
    async stop() {
      await Promise.all(providers.map((provider) => provider.shutdown()));
    },
  };
}

const openProvider = (service: string, endpoint: string): LoggerProvider =>
  new LoggerProvider({
    resource: resourceFromAttributes({ "service.name": service }),
    processors: [
      new BatchLogRecordProcessor({
        exporter: new OTLPLogExporter({
          url: new URL("/v1/logs", endpoint).href,
        }),
      }),
    ],
  });

/** The trace that a line belongs to is part of its record, whether the trace is recorded or not. */
function contextOf(traceparent: string | undefined): Context {
  const parent = parseTraceparent(traceparent);
  if (parent === undefined) return ROOT_CONTEXT;
  const { traceId, spanId, sampled } = parent;
  return trace.setSpanContext(ROOT_CONTEXT, {
    ...{ traceId, spanId },
    traceFlags: sampled ? 1 : 0,
  });
}
