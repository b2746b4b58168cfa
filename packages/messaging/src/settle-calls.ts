import { isUnavailable } from "@cartwright/database/is-retryable";
import { crashPoint } from "@cartwright/kernel/crash-point";
import { attemptStore } from "./attempt-store.ts";
import type { Attempt, AttemptWorkerOptions, CallResult } from "./attempts.ts";

export type FinishedCall<Request, Outcome> = {
  readonly attempt: Attempt<Request>;
  readonly result: CallResult<Outcome>;
};

/**
 * Saves what became of many calls in one transaction. A row that cannot be saved is left: it comes due
 * again when its lease ends, and then the outcome is looked up. Rejects when it is the database that takes none.
 */
export async function settleCalls<Request, Outcome>(
  options: AttemptWorkerOptions<Request, Outcome>,
  finished: readonly FinishedCall<Request, Outcome>[],
): Promise<void> {
  try {
    await save(options, finished);
    crashPoint("attempt.after-settlement");
  } catch (error) {
    if (isUnavailable(error)) throw error;
    options.logger.error("outcomes could not be saved", {
      count: finished.length,
      error: String(error),
    });
    // One outcome that cannot be saved must not hold up the others.
    if (finished.length === 1) return;
    const middle = Math.ceil(finished.length / 2);
    await settleCalls(options, finished.slice(0, middle));
    await settleCalls(options, finished.slice(middle));
  }
}

function save<Request, Outcome>(
  { db, settle }: AttemptWorkerOptions<Request, Outcome>,
  finished: readonly FinishedCall<Request, Outcome>[],
): Promise<void> {
  const postponed = finished.flatMap(({ attempt: { id }, result }) =>
    result.settled
      ? []
      : [{ id, retryIn: result.retryIn, reason: result.reason }],
  );
  const settled = finished.flatMap(({ attempt, result }) =>
    result.settled ? [{ attempt, outcome: result.outcome }] : [],
  );
  const ids = settled.map(({ attempt }) => attempt.id);
  return db.transaction(async (tx) => {
    if (postponed.length > 0) attemptStore.postpone(tx, postponed);
    if (settled.length === 0) return;
    const removed = new Set(await attemptStore.remove(tx, ids));
    await settle(
      tx,
      // Each once: an attempt that was hastened may have been called twice.
      settled.filter(({ attempt }) => removed.delete(attempt.id)),
    );
    crashPoint("attempt.in-settlement");
  });
}
