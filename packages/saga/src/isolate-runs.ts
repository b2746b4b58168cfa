import { isRetryable } from "@cartwright/database/is-retryable";
import type { SagaId } from "./instance.ts";

export type RunIsolation = {
  /** Takes what is to be done for these runs, in a transaction of their own. */
  readonly take: (runs: readonly SagaId[]) => Promise<unknown>;
  readonly setAside: (run: SagaId, error: unknown) => Promise<void>;
};

/**
 * Halves the runs until those that fail are alone, and sets these aside; all others get their turn.
 * Rejects when the failure is the infrastructure's.
 */
export async function isolateRuns(
  isolation: RunIsolation,
  runs: readonly SagaId[],
): Promise<void> {
  const [first, ...others] = runs;
  if (first === undefined) return;
  try {
    await isolation.take(runs);
  } catch (error) {
    if (isRetryable(error)) throw error;
    if (others.length === 0) {
      await isolation.setAside(first, error);
      return;
    }
    const middle = Math.ceil(runs.length / 2);
    await isolateRuns(isolation, runs.slice(0, middle));
    await isolateRuns(isolation, runs.slice(middle));
  }
}
