import { seconds } from "@cartwright/kernel/duration";
import { counter, gauge } from "@cartwright/observability/metrics";
import type CircuitBreaker from "opossum";

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

const states = gauge("cartwright_breaker_state");
const openings = counter("cartwright_breaker_openings_total");

/** Shows the state of a breaker between a service and another one, and counts how often it opens: a look may miss that. */
export function showBreaker(
  breaker: Pick<CircuitBreaker, "on">,
  { from, to }: { readonly from: string; readonly to: string },
): void {
  const labels = { service: from, peer_service: to };
  const show = (state: number) => () => states.set(state, labels);
  show(0)();
  openings.add(0, labels);
  breaker.on("close", show(0));
  breaker.on("halfOpen", show(1));
  breaker.on("open", () => {
    show(2)();
    openings.add(1, labels);
  });
}
