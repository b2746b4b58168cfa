import { businessMetrics } from "./business-metrics.ts";
import { databaseMetrics } from "./database-metrics.ts";
import type { MetricDefinition } from "./definition.ts";
import { httpMetrics } from "./http-metrics.ts";
import { messagingMetrics } from "./messaging-metrics.ts";
import { processMetrics } from "./process-metrics.ts";
import { sagaMetrics } from "./saga-metrics.ts";

/** Every metric there is, by what it is about. Whatever a process shows stands here, and nothing else. */
export const metricGroups = {
  HTTP: httpMetrics,
  Messages: messagingMetrics,
  Sagas: sagaMetrics,
  Business: businessMetrics,
  Database: databaseMetrics,
  Processes: processMetrics,
} as const;

export const metrics = {
  ...httpMetrics,
  ...messagingMetrics,
  ...sagaMetrics,
  ...businessMetrics,
  ...databaseMetrics,
  ...processMetrics,
} as const;

export type MetricName = keyof typeof metrics;

type Typed<Type extends MetricDefinition["type"]> = {
  [Name in MetricName]: (typeof metrics)[Name]["type"] extends Type
    ? Name
    : never;
}[MetricName];

export type CounterName = Typed<"counter">;
export type GaugeName = Typed<"gauge">;
export type HistogramName = Typed<"histogram">;

/** What has to be said with each value of a metric. */
export type LabelsOf<Name extends MetricName> = Readonly<
  Record<(typeof metrics)[Name]["labels"][number], string | number>
>;
