import { newId } from "@cartwright/kernel/ids";

/** What a W3C `traceparent` says. */
export type TraceContext = {
  readonly traceId: string;
  readonly spanId: string;
  readonly sampled: boolean;
};

const FORM = /^(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})/;
const ZERO_TRACE = "0".repeat(32);
const ZERO_SPAN = "0".repeat(16);

/** Reads a `traceparent`; undefined when it is absent or malformed. */
export function parseTraceparent(
  header: string | undefined,
): TraceContext | undefined {
  const [, traceId, spanId, flags] = FORM.exec(header ?? "") ?? [];
  if (!traceId || !spanId || !flags) return undefined;
  if (traceId === ZERO_TRACE || spanId === ZERO_SPAN) return undefined;
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

export const formatTraceparent = (context: TraceContext): string =>
  `00-${context.traceId}-${context.spanId}-${context.sampled ? "01" : "00"}`;

/** Begins a trace that nobody records: it still ties log lines and messages together. */
export function newTraceparent(): string {
  const traceId = newId().replaceAll("-", "");
  return formatTraceparent({
    traceId,
    spanId: traceId.slice(16),
    sampled: false,
  });
}

/** The trace id in a `traceparent`, if it is well formed and the trace is recorded. */
export const sampledTraceId = (
  traceparent: string | undefined,
): string | undefined =>
  traceparent !== undefined && hasSampledFlag(traceparent)
    ? parseTraceparent(traceparent)?.traceId
    : undefined;

/** Spares most a closer look. */
const hasSampledFlag = (traceparent: string): boolean =>
  (Number.parseInt(traceparent.slice(53, 55), 16) & 1) === 1;

/** Of work that was done for many: the `traceparent` of the first whose trace is recorded. */
export function firstSampled(
  causes: readonly { readonly traceparent?: string | undefined }[],
): string | undefined {
  return causes.find(({ traceparent }) => sampledTraceId(traceparent))
    ?.traceparent;
}

/** The trace id in a `traceparent` that is known to be well formed. */
export const traceIdOf = (traceparent: string): string =>
  traceparent.slice(3, 35);
