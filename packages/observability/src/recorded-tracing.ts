import type { Cause } from "@cartwright/contracts/message";
import {
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Context,
  type Span,
  type SpanContext,
  type Tracer,
} from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { resourceFromAttributes } from "@opentelemetry/resources";
import {
  BatchSpanProcessor,
  NodeTracerProvider,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
} from "@opentelemetry/sdk-trace-node";
import { lateTracing, recordPast } from "./late-tracing.ts";
import {
  formatTraceparent,
  parseTraceparent,
  sampledTraceId,
} from "./trace-context.ts";
import type { Annotate, Attributes, SpanOptions, Tracing } from "./tracing.ts";

type Options = {
  readonly service: string;
  readonly endpoint: string;
  readonly sampleRatio: number;
};

const kinds = {
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  internal: SpanKind.INTERNAL,
} as const;

/** Tracing by the OpenTelemetry SDK, exported in batches; nothing global, so each service has its own name. */
export function recordedTracing(options: Options): Tracing {
  const provider = openProvider(options);
  const tracer = provider.getTracer("cartwright");
  const late = lateTracing(options);
  return {
    name: "tracing",
    stop: async () => {
      await Promise.all([provider.shutdown(), late.stop()]);
    },
    span: (name, options, work) => {
      const { cause } = options;
      const span = begin(tracer, name, options);
      const traceparent = formatTraceparent(contextOfSpan(span));
      return ending(span, () =>
        work({ ...cause, traceparent }, annotating(span)),
      );
    },
    since: (name, startTime, options) => {
      begin(tracer, name, options, startTime).end();
    },
    batch: (name, causes, work, attributes) =>
      recordBatch(tracer, { name, causes, attributes }, work),
    afterwards: (traceparent, spans) => {
      if (sampledTraceId(traceparent))
        recordPast(tracer, spans, contextOf({ traceparent }));
      else late.tell(traceparent, spans);
    },
  };
}

function openProvider({ service, endpoint, sampleRatio }: Options) {
  return new NodeTracerProvider({
    resource: resourceFromAttributes({ "service.name": service }),
    sampler: new ParentBasedSampler({
      root: new TraceIdRatioBasedSampler(sampleRatio),
    }),
    spanProcessors: [
      new BatchSpanProcessor(
        new OTLPTraceExporter({ url: new URL("/v1/traces", endpoint).href }),
      ),
    ],
  });
}

const begin = (
  tracer: Tracer,
  name: string,
  { cause, kind = "internal", attributes = {}, link }: SpanOptions,
  startTime?: Date,
): Span => {
  const linked = spanContextOf(link);
  return tracer.startSpan(
    name,
    {
      ...{ kind: kinds[kind], attributes },
      ...(startTime && { startTime }),
      ...(linked && { links: [{ context: linked }] }),
    },
    contextOf(cause),
  );
};

type RecordedBatch = {
  readonly name: string;
  readonly causes: readonly Cause[];
  readonly attributes: (() => Attributes) | undefined;
};

async function recordBatch<T>(
  tracer: Tracer,
  { name, causes, attributes }: RecordedBatch,
  work: () => Promise<T>,
): Promise<T> {
  const [first, ...others] = causes
    .map(({ traceparent }) => spanContextOf(traceparent))
    .filter((context) => context?.traceFlags === 1)
    .map((context) => context as SpanContext);
  if (!first) return work();
  const startTime = Date.now();
  const consuming = (parent: SpanContext, linked: readonly SpanContext[]) =>
    tracer.startSpan(
      name,
      {
        kind: SpanKind.CONSUMER,
        startTime,
        links: linked.map((context) => ({ context })),
        attributes: {
          "messaging.batch.message_count": causes.length,
          ...attributes?.(),
        },
      },
      trace.setSpanContext(ROOT_CONTEXT, parent),
    );
  const batch = consuming(first, others);
  try {
    return await ending(batch, work);
  } finally {
    for (const parent of others) consuming(parent, [batch.spanContext()]).end();
  }
}

async function ending<T>(span: Span, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    span.setStatus({ code: SpanStatusCode.ERROR });
    span.setAttribute("error.type", error instanceof Error ? error.name : "?");
    throw error;
  } finally {
    span.end();
  }
}

const annotating = (span: Span): Annotate | undefined =>
  span.isRecording()
    ? (attributes) => {
        span.setAttributes(attributes);
        if ("error.type" in attributes)
          span.setStatus({ code: SpanStatusCode.ERROR });
      }
    : undefined;

function contextOfSpan(span: Span) {
  const { traceId, spanId, traceFlags } = span.spanContext();
  return { traceId, spanId, sampled: (traceFlags & 1) === 1 };
}

function spanContextOf(
  traceparent: string | undefined,
): SpanContext | undefined {
  const parent = parseTraceparent(traceparent);
  return (
    parent && {
      traceId: parent.traceId,
      spanId: parent.spanId,
      traceFlags: parent.sampled ? 1 : 0,
      isRemote: true,
    }
  );
}

function contextOf(cause: Pick<Cause, "traceparent">): Context {
  const parent = spanContextOf(cause.traceparent);
  return parent ? trace.setSpanContext(ROOT_CONTEXT, parent) : ROOT_CONTEXT;
}
