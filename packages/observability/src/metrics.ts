import { Counter, Gauge, Histogram, Registry } from "prom-client";
import { sampledTraceId } from "./trace-context.ts";
import type { MetricDefinition } from "./registry/definition.ts";
import {
  metrics,
  type CounterName,
  type GaugeName,
  type HistogramName,
  type LabelsOf,
  type MetricName,
} from "./registry/metrics.ts";

/** Of this process, whatever services it runs. */
export const registry = new Registry<
  typeof Registry.OPENMETRICS_CONTENT_TYPE
>();
registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);

const byRuntime = /^(process_|nodejs_)/;

/** All are made at once, so that each is shown, with its help, before it has a first value. */
for (const [name, definition] of Object.entries(metrics))
  if (!byRuntime.test(name)) make(name, definition);

function make(
  name: string,
  { type, help, labels, buckets = [] }: MetricDefinition,
): void {
  const options = { name, help, labelNames: labels, registers: [registry] };
  if (type === "counter") new Counter(options);
  else if (type === "gauge") new Gauge(options);
  else
    new Histogram({ ...options, buckets: [...buckets], enableExemplars: true });
}

/** No labels need no second argument. */
type With<Name extends MetricName> = keyof LabelsOf<Name> extends never
  ? readonly []
  : readonly [labels: LabelsOf<Name>];

const find = (name: MetricName) => registry.getSingleMetric(name);

/** Something that only grows. */
export function counter<Name extends CounterName>(name: Name) {
  const made = find(name) as Counter;
  return {
    add: (amount: number, ...[labels]: With<Name>): void =>
      made.inc({ ...labels }, amount),
  };
}

/** Something that goes up and down. */
export function gauge<Name extends GaugeName>(name: Name) {
  const made = find(name) as Gauge;
  return {
    add: (amount: number, ...[labels]: With<Name>): void =>
      made.inc({ ...labels }, amount),
    set: (value: number, ...[labels]: With<Name>): void =>
      made.set({ ...labels }, value),
  };
}

/** How values are distributed. */
export function histogram<Name extends HistogramName>(name: Name) {
  const made = find(name) as Histogram;
  return {
    /** A value whose trace is recorded becomes an exemplar: it leads to that trace. */
    observe(value: number, labels: LabelsOf<Name>, traceparent?: string): void {
      const traceId = sampledTraceId(traceparent);
      made.observe({
        value,
        labels,
        ...(traceId && { exemplarLabels: { trace_id: traceId } }),
      });
    },
  };
}

/** Seconds since `start`, a reading of `performance.now()`. */
export const secondsSince = (start: number): number =>
  (performance.now() - start) / 1_000;
