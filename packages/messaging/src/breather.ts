import { setTimeout as sleep } from "node:timers/promises";
import { milliseconds } from "@cartwright/kernel/duration";

const breath = milliseconds(25);
const glanceEvery = milliseconds(250);
/** Above this share of its time a thread is taken to be at its limit. */
const busy = 0.9;
/** A smaller batch means that little waits behind it. */
const large = 16;

let glancedAt = 0;
let last = performance.eventLoopUtilization();
let exhausted = false;

/** Whether this thread has had next to no pause lately. */
function isExhausted(): boolean {
  const now = performance.now();
  if (now - glancedAt > glanceEvery) {
    const current = performance.eventLoopUtilization();
    exhausted =
      performance.eventLoopUtilization(current, last).utilization > busy;
    last = current;
    glancedAt = now;
  }
  return exhausted;
}

/**
 * Lets the next batch gather for a moment after one of `size`, but only where the thread is at its
 * limit: whoever is served then waits for the thread anyway, and each transaction that is saved goes
 * to those who wait. Resolves at once on a thread that has time.
 */
export async function breathe(size: number): Promise<void> {
  if (size >= large && isExhausted()) await sleep(breath);
}
