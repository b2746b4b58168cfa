import { seconds } from "@cartwright/kernel/duration";

/** A member of a group that is silent for this long is dead to it, and others take over what it reads. */
export const sessionTimeout = seconds(10);

/**
 * Handlers that have not come to their end by then are rolled back. A member speaks up between transactions: even one that
 * has just missed its turn, and then met the slowest, is heard of in time. What handlers have only sent is left to the
 * server's own limits: where that takes longer, others take over, and find in the inbox what was committed.
 */
export const longestTransaction = sessionTimeout * 0.3;
