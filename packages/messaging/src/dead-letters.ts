import type { Queryable, Transact } from "@cartwright/database/tx";
import { consumerOf } from "./consumer-group.ts";
import {
  deadLetterStore,
  type DeadLetterFilter,
} from "./dead-letters/dead-letter-store.ts";
import {
  queueOf,
  type DeadLetter,
  type Queue,
} from "./dead-letters/dead-letter.ts";
import { discard, found, lockFirst } from "./dead-letters/discard.ts";
import {
  release,
  type Released,
  type Stopped,
} from "./dead-letters/release.ts";
import type { BatchHandler } from "./handler.ts";
import type { Operator } from "./operator-actions.ts";

/** What became of messages that were requeued: counts, and why queues stopped before their end. */
export type Requeued = Pick<Released, "handled" | "dropped"> & {
  readonly stopped: readonly Stopped[];
};

/** Messages that one consumer could not handle, as an operator sees and treats them. */
export type DeadLetters = {
  page(
    filter: DeadLetterFilter,
    page: { readonly after: number; readonly limit: number },
  ): Promise<DeadLetter[]>;
  /** Refused with `not-found` when it does not wait (any more). */
  get(id: number): Promise<DeadLetter>;
  /**
   * Handles the message and whatever waits behind it under its key. Refused with `not-first` while
   * another waits before it. `acceptGap` handles it though a message before it is missing.
   */
  requeue(
    id: number,
    operator: Operator,
    options?: { readonly acceptGap?: boolean | undefined },
  ): Promise<Requeued>;
  /** Handles what waits under the keys in which something matches. */
  requeueAll(filter: DeadLetterFilter, operator: Operator): Promise<Requeued>;
  /** Gives the message up, counts it as seen, and handles what waits behind it. Refused as `requeue`. */
  discard(id: number, operator: Operator): Promise<Requeued>;
};

/** One request treats no more than this; what is left waits for the next. */
const atOnce = { messages: 1_000, queues: 100 };

export function deadLettersOf(options: {
  readonly db: Queryable & { readonly transaction: Transact };
  readonly group: string;
  readonly handlers: readonly BatchHandler[];
}): DeadLetters {
  const { db, group, handlers } = options;
  const consumer = () => consumerOf(db, group, handlers);
  const get = async (id: number) => found(await deadLetterStore.find(db, id));
  const go = async (queue: Queue, operator: Operator, acceptGap = false) =>
    release({ db, consumer: await consumer(), operator }, queue, {
      acceptGap,
      limit: atOnce.messages,
    });

  return {
    page: (filter, page) => deadLetterStore.page(db, filter, page),
    get,
    async requeue(id, operator, { acceptGap } = {}) {
      const letter = await get(id);
      await db.transaction((tx) => lockFirst(tx, letter));
      return total([await go(queueOf(letter), operator, acceptGap)]);
    },
    async requeueAll(filter, operator) {
      const ours = { ...filter, consumer: group };
      const queues = await deadLetterStore.queues(db, ours, atOnce.queues);
      const released: Released[] = [];
      for (const queue of queues) released.push(await go(queue, operator));
      return total(released);
    },
    async discard(id, operator) {
      const letter = await get(id);
      const ours = await consumer();
      await db.transaction((tx) => discard(tx, ours, letter, operator));
      return total(
        letter.record.key === "" ? [] : [await go(queueOf(letter), operator)],
      );
    },
  };
}

const total = (released: readonly Released[]): Requeued => ({
  handled: released.reduce((sum, { handled }) => sum + handled, 0),
  dropped: released.reduce((sum, { dropped }) => sum + dropped, 0),
  stopped: released.flatMap(({ stopped }) => stopped ?? []),
});
