import type { Duration } from "@cartwright/kernel/duration";

/** The partitions that the group has given a member, by topic. */
export type Assignment = Readonly<Record<string, readonly number[]>>;

/** Where a group stands in one partition, as the broker sees it. */
export type Standing = {
  readonly topic: string;
  readonly partition: number;
  /** The next offset that the group would be given; -1 when it has none. */
  readonly committed: bigint;
  readonly start: bigint;
  readonly end: bigint;
};

/** What one member has done, by which it is told whether it still does anything. */
export class Progress {
  readonly #now: () => number;
  #assignment: Assignment = {};
  #heardAt: number;
  #isBlocked = false;
  readonly #handledTo = new Map<string, bigint>();
  readonly #deliveredAt = new Map<string, number>();
  readonly #behindSince = new Map<string, number>();

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
    this.#heardAt = now();
  }

  get assignment(): Assignment {
    return this.#assignment;
  }

  joined(assignment: Assignment): void {
    this.#assignment = assignment;
    this.#behindSince.clear();
    this.heard();
  }

  /** A fetch came back, with records or without. */
  heard(): void {
    this.#heardAt = this.#now();
  }

  delivered(topic: string, partition: number): void {
    this.#deliveredAt.set(`${topic}/${partition}`, this.#now());
  }

  /** Everything before this offset is done. */
  handled(topic: string, partition: number, next: bigint): void {
    this.#handledTo.set(`${topic}/${partition}`, next);
  }

  /** A batch was tried: one that is rejected keeps the others waiting, and that is no stall. */
  tried(isHandled: boolean): void {
    this.#isBlocked = !isHandled;
    this.heard();
  }

  /** A part of a batch was tried: the rest of it keeps the others waiting, and that is no stall either. */
  advanced(): void {
    this.tried(false);
  }

  /** For how long no fetch came back and nothing of a batch was tried. */
  silence(): Duration {
    return this.#now() - this.#heardAt;
  }

  /** The longest that one partition has had records for us while none of it was fetched (kafkajs#1456). */
  neglect(standings: readonly Standing[]): Duration {
    const now = this.#now();
    const lengths = standings.map((standing) => {
      const name = `${standing.topic}/${standing.partition}`;
      if (this.#isBlocked || !this.#isBehind(name, standing)) {
        this.#behindSince.delete(name);
        return 0;
      }
      const since = this.#behindSince.get(name) ?? now;
      this.#behindSince.set(name, since);
      return now - Math.max(since, this.#deliveredAt.get(name) ?? 0);
    });
    return Math.max(0, ...lengths);
  }

  #isBehind(name: string, { committed, start, end }: Standing): boolean {
    const ours = this.#handledTo.get(name) ?? 0n;
    return end > [committed, start, ours].reduce((a, b) => (a > b ? a : b));
  }
}
