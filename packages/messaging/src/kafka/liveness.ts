import type { Duration } from "@cartwright/kernel/duration";
import type { PartHealth } from "@cartwright/kernel/part";
import type { Assignment, Progress, Standing } from "./progress.ts";

type LivenessOptions = {
  readonly stalledAfter: Duration;
  /** Nothing when no broker answers. */
  readonly standings: (
    assignment: Assignment,
  ) => Promise<readonly Standing[] | undefined>;
};

/**
 * How a consumer is that believes itself well. One that does nothing although the broker answers can only
 * be helped by a restart; while no broker answers, a restart would help nobody.
 */
export function livenessOf(
  progress: Progress,
  { stalledAfter, standings }: LivenessOptions,
): () => Promise<PartHealth> {
  /** Brokers are asked a few times within the allowance, however often we are. */
  const every = stalledAfter / 4;
  let askedAt = performance.now();
  let last: PartHealth = { status: "up" };

  async function look(): Promise<PartHealth> {
    const seen = await standings(progress.assignment);
    const silence = progress.silence();
    if (seen === undefined)
      return silence < stalledAfter
        ? { status: "up" }
        : {
            status: "degraded",
            detail: `nothing fetched for ${silent(silence)}`,
          };
    const neglect = progress.neglect(seen);
    if (Math.max(silence, neglect) < stalledAfter) return { status: "up" };
    const detail =
      silence < stalledAfter
        ? `a partition has waited for ${silent(neglect)}`
        : `nothing fetched for ${silent(silence)}`;
    return { status: "dead", detail };
  }

  return async () => {
    if (performance.now() - askedAt < every) return last;
    askedAt = performance.now();
    last = await look();
    return last;
  };
}

const silent = (span: Duration): string => `${Math.round(span / 1_000)} s`;
