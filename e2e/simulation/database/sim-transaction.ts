import type { Slot } from "./slot.ts";

/** A transaction as the server knows it: what it holds and whom it waits for. */
export class SimTransaction {
  readonly schema: string;
  /** `now()` of all its statements: epoch milliseconds. */
  readonly startedAt: number;
  /** Set while a statement of it waits for the slot's owner. */
  waitsFor: Slot | undefined;
  aborted = false;
  readonly #held: Slot[] = [];

  constructor(schema: string, startedAt: number) {
    this.schema = schema;
    this.startedAt = startedAt;
  }

  /** Locks a row, or the place where one is to be. The caller has seen to it that nobody else holds it. */
  take(slot: Slot): void {
    if (slot.owner === this) return;
    slot.owner = this;
    this.#held.push(slot);
  }

  /** What it has inserted, changed or deleted, once each. */
  changes(): readonly Slot[] {
    return this.#held.filter(({ changed }) => changed);
  }

  /** Lets go of everything at once; returns whom to wake. */
  end(outcome: "commit" | "rollback"): Slot["waiters"] {
    const wakened: Slot["waiters"] = [];
    for (const slot of this.#held) {
      slot.table.settle(slot, outcome);
      slot.owner = undefined;
      if (slot.waiters.length === 0) continue;
      wakened.push(...slot.waiters);
      slot.waiters = [];
    }
    this.#held.length = 0;
    return wakened;
  }

  /** Whether it waits, through others, for itself. */
  isDeadlocked(): boolean {
    const seen = new Set<SimTransaction>();
    let next = this.waitsFor?.owner;
    while (next !== undefined && !seen.has(next)) {
      if (next === this) return true;
      seen.add(next);
      next = next.waitsFor?.owner;
    }
    return false;
  }
}
