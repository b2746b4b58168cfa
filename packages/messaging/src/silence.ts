import { seconds } from "@cartwright/kernel/duration";

/** A member of a group that is silent for this long is dead to it, and others take over what it reads. */
export const sessionTimeout = seconds(10);

/**
 * A transaction's work that has not come to its end by then is rolled back. A member speaks up between
 * transactions: even one that has just missed its turn, and then met the slowest, is heard of in time.
 */
export const longestTransaction = sessionTimeout * 0.3;
