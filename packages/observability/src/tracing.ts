import type { Cause } from "@cartwright/contracts/message";
import type { Part } from "@cartwright/kernel/part";
import { newTraceparent } from "./trace-context.ts";

export type Attributes = Readonly<Record<string, string | number | boolean>>;

export type SpanOptions = {
  /** The trace to continue; without a traceparent the span begins one. */
  readonly cause: Cause;
  readonly kind?: "server" | "client" | "producer" | "internal";
  /** The `traceparent` of a trace that led to this one and is none of ours: it decides nothing. */
  readonly link?: string;
  readonly attributes?: Attributes;
};

/** Adds to a span what shows in the course of it. With an `error.type` among them the span has failed. */
export type Annotate = (attributes: Attributes) => void;

/** What the work inside a span is given. */
export type SpanWork<T> = (
  /** The cause to hand on: its traceparent names this span. */
  cause: Cause,
  /** Absent where the span is not recorded: `annotate?.({ … })` then costs nothing. */
  annotate?: Annotate,
) => Promise<T>;

/** A span that is told when it is over. */
export type PastSpan = {
  readonly name: string;
  readonly startTime: Date;
  readonly endTime: Date;
  readonly failed: boolean;
  readonly attributes: Attributes;
};

/** Records what happens as OpenTelemetry spans, or costs nothing when no exporter is configured. */
export type Tracing = Part & {
  span<T>(name: string, options: SpanOptions, work: SpanWork<T>): Promise<T>;
  /**
   * One span for a batch of messages, linked to the trace of each; in every trace that is sampled a
   * span of its own says that its message was in this batch.
   */
  batch<T>(
    name: string,
    causes: readonly Cause[],
    work: () => Promise<T>,
    /** Asked only where the batch is recorded. */
    attributes?: () => Attributes,
  ): Promise<T>;
  /** A span that began at `startTime` and is over now. Absent where nothing is recorded. */
  since?(name: string, startTime: Date, options: SpanOptions): void;
  /**
   * Records spans that are over, the first of them above the others. In a recorded trace it is below the span
   * that the traceparent names; of a trace that was not sampled it is the root after all, with that span's id.
   * Absent where nothing is recorded.
   */
  afterwards?(traceparent: string, spans: readonly PastSpan[]): void;
};

/** Keeps the thread (a trace id for logs and messages) and records nothing. */
export const noTracing: Tracing = {
  name: "tracing",
  span: (_name, { cause }, work) =>
    work(
      cause.traceparent ? cause : { ...cause, traceparent: newTraceparent() },
    ),
  batch: (_name, _causes, work) => work(),
};

export type TracingOptions = {
  readonly service: string;
  /** OTLP/HTTP, for instance `http://localhost:4318`; nothing is recorded without it. */
  readonly endpoint?: string | undefined;
  /** Share of new traces that are recorded; what goes on with a trace keeps to its decision. */
  readonly sampleRatio?: number;
};

/** The SDK is loaded only when there is somewhere to send spans: it costs memory and start-up time. */
export async function startTracing(options: TracingOptions): Promise<Tracing> {
  const { service, endpoint, sampleRatio = 0.1 } = options;
  if (!endpoint) return noTracing;
  const { recordedTracing } = await import("./recorded-tracing.ts");
  return recordedTracing({ service, endpoint, sampleRatio });
}
