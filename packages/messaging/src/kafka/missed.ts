import { counter } from "@cartwright/observability/metrics";
import type { Standing } from "./progress.ts";

const missedRecords = counter("cartwright_missed_records_total");

/** Records of one partition that were deleted before the group had read them. */
export type Missed = {
  readonly topic: string;
  readonly partition: number;
  /** The first that is gone, and the first that is still there. */
  readonly from: bigint;
  readonly to: bigint;
};

/**
 * What was deleted before it was read, for instance because a service was away for longer than topics keep
 * their records. A consumer that begins to read simply goes on behind it, and nobody can tell any more.
 */
export const missedIn = (standings: readonly Standing[]): Missed[] =>
  standings
    .filter(({ committed, start }) => committed >= 0n && committed < start)
    .map(({ topic, partition, committed, start }) => ({
      ...{ topic, partition },
      ...{ from: committed, to: start },
    }));

/** Remembers what was missed, and knows what of it is new. */
export class MissedRecords {
  readonly #gaps = new Map<string, Missed>();

  /** Those that were not known before; one that grows until the group reads on is not a new one. */
  note(standings: readonly Standing[]): Missed[] {
    return missedIn(standings).filter((gap) => {
      const name = `${gap.topic}/${gap.partition}`;
      const known = this.#gaps.get(name);
      if (known !== undefined && known.to > gap.from) return false;
      this.#gaps.set(name, gap);
      missedRecords.add(Number(gap.to - gap.from));
      return true;
    });
  }

  /** A sentence for people; nothing when all was read. */
  summary(): string | undefined {
    if (this.#gaps.size === 0) return undefined;
    const places = [...this.#gaps].map(
      ([name, { from, to }]) => `${name}@${from}..${to - 1n}`,
    );
    return `Deleted before they were read: ${places.join(", ")}. Publish them again from the archive.`;
  }
}
