import { seconds } from "@cartwright/kernel/duration";

/**
 * How long a caller keeps a connection that nothing uses. Less than the five seconds that a service lingers when it
 * leaves (`LINGER_SECONDS`, by the chart): its callers have let go of all idle connections before it closes them, so
 * that no request is sent into one that is just being closed.
 */
export const keptIdle = seconds(4);
