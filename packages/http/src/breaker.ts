import { seconds } from "@cartwright/kernel/duration";

/**
 * Opens when half of at least ten calls within ten seconds have failed, tries again after five. The
 * deadline is the call's own signal: opossum's would not cancel anything.
 */
export const breakerOptions = {
  timeout: false,
  volumeThreshold: 10,
  errorThresholdPercentage: 50,
  rollingCountTimeout: seconds(10),
  resetTimeout: seconds(5),
  enableSnapshots: false,
} as const;

/** Loaded with the first call, like the breakers themselves: each holds a timer. */
export const loadBreaker = async () => (await import("opossum")).default;
