import { setTimeout as sleep } from "node:timers/promises";
import { seconds } from "@cartwright/kernel/duration";
import { isExhausted, isOverdue, isRetryable } from "./is-retryable.ts";

const maxTries = 6;
const firstBackoff = 20;
const longestBackoff = seconds(1);
/** No new try begins after this: whoever waits for the answer has its own limit. */
const patience = seconds(10);

/**
 * Runs `work` again, with full jitter, when it failed in a way that may heal. Not when it has waited for
 * a connection in vain: queueing anew would keep the caller waiting, and lengthen the queue. Nor when the server
 * has stopped a statement that took too long: it would take as long again.
 */
export async function retrying<T>(work: () => Promise<T>): Promise<T> {
  const begun = performance.now();
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      const spent = attempt >= maxTries || performance.now() - begun > patience;
      if (spent || !isRetryable(error)) throw error;
      if (isExhausted(error) || isOverdue(error)) throw error;
      await sleep(
        Math.random() * Math.min(longestBackoff, firstBackoff * 2 ** attempt),
      );
    }
  }
}
