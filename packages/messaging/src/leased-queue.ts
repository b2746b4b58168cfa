import type { Attempt } from "./attempts.ts";

type Leased<Request> = {
  readonly attempt: Attempt<Request>;
  /** By `performance.now()`: the last moment at which a call can begin and end within the lease. */
  readonly beginBy: number;
};

/** Attempts that are leased to this process and wait for their call, in their order. */
export class LeasedQueue<Request> {
  readonly #waiting = new Map<string, Leased<Request>>();

  get size(): number {
    return this.#waiting.size;
  }

  /** Those that wait already keep their place and have only had their lease renewed: they were not called yet. */
  add(attempts: readonly Attempt<Request>[], beginBy: number): void {
    for (const one of attempts) {
      const attempt = this.#waiting.get(one.id)?.attempt ?? one;
      this.#waiting.set(one.id, { attempt, beginBy });
    }
  }

  /** The next to be called. Those whose lease may end before their call does are left to whoever claims them then. */
  next(): Attempt<Request> | undefined {
    for (const [id, { attempt, beginBy }] of this.#waiting) {
      this.#waiting.delete(id);
      if (performance.now() <= beginBy) return attempt;
    }
    return undefined;
  }
}
