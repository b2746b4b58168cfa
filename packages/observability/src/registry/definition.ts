/** One metric as Prometheus shows it. */
export type MetricDefinition = {
  readonly type: "counter" | "gauge" | "histogram" | "summary";
  /** Of the value, in words of UCUM or of what is counted. */
  readonly unit: string;
  /** Of bounded choice only: never an id, a path with ids, or what a caller wrote. */
  readonly labels: readonly string[];
  /** One sentence. */
  readonly help: string;
  /** The OpenTelemetry semantic convention that it translates. */
  readonly convention?: string;
  /** Upper bounds, of histograms. */
  readonly buckets?: readonly number[];
};

export type Definitions = Readonly<Record<string, MetricDefinition>>;

/** From 5 ms to 10 s, as OpenTelemetry advises for requests, without the bounds that nobody asks about. */
export const requestSeconds = [
  0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
] as const;
