import { setTimeout as sleep } from "node:timers/promises";
import { seconds, type Duration } from "@cartwright/kernel/duration";

/** Runs `expectation` until it no longer throws, and returns its result; after `within`, its last failure is thrown. */
export async function eventually<T>(
  expectation: () => T | Promise<T>,
  {
    within = seconds(10),
    every = 20,
  }: { within?: Duration; every?: Duration } = {},
): Promise<T> {
  const deadline = performance.now() + within;
  for (;;) {
    try {
      return await expectation();
    } catch (error) {
      if (performance.now() > deadline) throw error;
    }
    await sleep(every);
  }
}
