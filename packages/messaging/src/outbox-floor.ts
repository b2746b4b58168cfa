import { seconds, type Duration } from "@cartwright/kernel/duration";

/** How often an outbox is read from its beginning again, for rows that have come below the floor after all. */
export const fromTheStartEvery: Duration = seconds(5);

/** A transaction that stays open for longer holds the floor no more: rows of gone ones would pile up above it. */
const patience: Duration = seconds(5);

/** What a reading of an outbox could see, by the numbers that transactions get when they first write. */
export type Sight = {
  /** Transactions with smaller numbers had ended. */
  readonly endedBefore: number;
  /** Those that had a number when it began have a smaller one: its own, or null, when it has not written. */
  readonly begunBefore: number | null;
};

/**
 * The position from which an outbox is read. Below lie only the index entries of rows that are gone, hundred thousands
 * at full load: rows get their positions before they are committed, so that one below the last that was taken may still
 * come, and has to be met before later ones of its subject. So the floor rises to a position only when all
 * transactions have ended that were open when everything up to there had been taken.
 */
export class OutboxFloor {
  #position = 0;
  #next:
    | {
        readonly position: number;
        readonly begunBefore: number;
        readonly until: number;
      }
    | undefined;

  get position(): number {
    return this.#position;
  }

  /** All rows up to `position` that a reading with this sight has seen are taken. */
  taken(position: number, { endedBefore, begunBefore }: Sight): void {
    const now = performance.now();
    const next = this.#next;
    if (next && position >= next.position)
      if (endedBefore >= next.begunBefore || now > next.until) {
        this.#position = next.position;
        this.#next = undefined;
      }
    if (begunBefore !== null)
      this.#next ??= { position, begunBefore, until: now + patience };
  }

  /** From the beginning again. */
  fall(): void {
    this.#position = 0;
    this.#next = undefined;
  }
}
