/** What the load process is told. */
export type LoadPlan = {
  readonly host: string;
  readonly port: number;
  readonly tokens: readonly string[];
  readonly productIds: readonly string[];
  /** Whole orders per second, arriving at random (Poisson); absent: as many as `inFlight` allows. */
  readonly rate?: number;
  /** Most orders on their way at a time when there is no rate. */
  readonly inFlight: number;
  readonly connections: number;
};

/** Messages to the load process. */
export type LoadCommand =
  | { readonly kind: "start"; readonly plan: LoadPlan }
  /** How many orders are on their way, as the database sees it. */
  | { readonly kind: "running"; readonly orders: number }
  /** From now on it counts. */
  | { readonly kind: "measure" }
  | { readonly kind: "stop" };

/** What the load process reports at the end. */
export type LoadReport = {
  /** Accepted since the first request, each order once. */
  readonly acceptedInAll: number;
  /** Accepted while measuring. */
  readonly accepted: number;
  readonly repeated: number;
  /** From when the order was due to when it was accepted, milliseconds, ascending. */
  readonly latencies: readonly number[];
  /** Other answers by status; 0 is a lost connection. */
  readonly failures: Readonly<Record<string, number>>;
  readonly cpuMilliseconds: number;
  /** The longest that an order waited for a free connection. */
  readonly longestQueue: number;
};
