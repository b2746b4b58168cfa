import {
  ROOT_CONTEXT,
  SpanStatusCode,
  trace,
  type Context,
  type Span,
  type Tracer,
} from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { resourceFromAttributes } from "@opentelemetry/resources";
import {
  AlwaysOnSampler,
  BatchSpanProcessor,
  NodeTracerProvider,
  RandomIdGenerator,
  type IdGenerator,
} from "@opentelemetry/sdk-trace-node";
import { parseTraceparent, type TraceContext } from "./trace-context.ts";
import type { PastSpan } from "./tracing.ts";

/** Gives a root the ids that it had when nobody recorded it. */
class GivenIds implements IdGenerator {
  readonly #random = new RandomIdGenerator();
  next: TraceContext | undefined;

  generateTraceId(): string {
    return this.next?.traceId ?? this.#random.generateTraceId();
  }

  generateSpanId(): string {
    return this.next?.spanId ?? this.#random.generateSpanId();
  }
}

/** Spans that are recorded when they are over, in traces that were not sampled. Opened with the first. */
export function lateTracing(options: {
  readonly service: string;
  readonly endpoint: string;
}) {
  const ids = new GivenIds();
  let provider: NodeTracerProvider | undefined;
  return {
    tell(traceparent: string, spans: readonly PastSpan[]): void {
      const [root, ...others] = spans;
      const context = parseTraceparent(traceparent);
      if (root === undefined || context === undefined) return;
      provider ??= openProvider(options, ids);
      const tracer = provider.getTracer("cartwright");
      ids.next = context;
      const whole = record(tracer, root, ROOT_CONTEXT);
      ids.next = undefined;
      recordBelow(tracer, whole, others);
    },
    stop: async () => provider?.shutdown(),
  };
}

const openProvider = (
  { service, endpoint }: Parameters<typeof lateTracing>[0],
  idGenerator: GivenIds,
): NodeTracerProvider =>
  new NodeTracerProvider({
    resource: resourceFromAttributes({ "service.name": service }),
    sampler: new AlwaysOnSampler(),
    idGenerator,
    spanProcessors: [
      new BatchSpanProcessor(
        new OTLPTraceExporter({ url: new URL("/v1/traces", endpoint).href }),
      ),
    ],
  });

/** Records the first of the spans in that context, and the others below it. */
export function recordPast(
  tracer: Tracer,
  [root, ...others]: readonly PastSpan[],
  context: Context,
): void {
  if (root) recordBelow(tracer, record(tracer, root, context), others);
}

function recordBelow(
  tracer: Tracer,
  whole: Span,
  spans: readonly PastSpan[],
): void {
  const below = trace.setSpan(ROOT_CONTEXT, whole);
  for (const span of spans) record(tracer, span, below);
}

function record(
  tracer: Tracer,
  { name, startTime, endTime, failed, attributes }: PastSpan,
  context: Context,
): Span {
  const span = tracer.startSpan(name, { startTime, attributes }, context);
  if (failed) span.setStatus({ code: SpanStatusCode.ERROR });
  span.end(endTime);
  return span;
}
