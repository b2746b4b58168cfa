import { setTimeout as sleep } from "node:timers/promises";
import { seconds, type Duration } from "@cartwright/kernel/duration";
import { waitedFor, type LockWatch } from "./lock-watch.ts";

/** How long a migration waits for a lock, with everybody else who wants the table behind it, and how often. */
export type LockPatience = {
  readonly timeout: Duration;
  readonly tries: number;
};

/** Less than the three seconds after which a service's own statement gives up behind it. */
export const lockPatience: LockPatience = { timeout: seconds(2), tries: 10 };

const lockNotAvailable = "55P03";

type Patient = LockPatience & {
  readonly watch: LockWatch;
  /** Hears why it is tried once more, and when. */
  readonly onWait: (reason: string) => void;
};

/**
 * Does the work, a transaction, again when a lock was not to be had in time. In between, for twice that time, those
 * that have waited behind it have the table to themselves.
 */
export async function patiently(
  work: () => Promise<void>,
  { timeout, tries, watch, onWait }: Patient,
): Promise<void> {
  for (let tried = 1; ; tried += 1) {
    try {
      await work();
      return;
    } catch (error) {
      if ((error as { code?: unknown }).code !== lockNotAvailable) throw error;
      const reason = waitedFor(watch.last());
      if (tried >= tries)
        throw new Error(
          `it ${reason}, in ${tries} tries of ${timeout} ms. Nothing of it was applied; end what it waits for, and migrate again.`,
          { cause: error },
        );
      onWait(`${reason}; try ${tried + 1} of ${tries} in ${2 * timeout} ms.`);
      await sleep(2 * timeout);
    }
  }
}
