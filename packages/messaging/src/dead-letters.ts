import type { Queryable, Transact, Tx } from "@cartwright/database/tx";
import { seconds, type Duration } from "@cartwright/kernel/duration";
import { consumerOf } from "./consumer-group.ts";
import { Allowance } from "./dead-letters/allowance.ts";
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
  /** How many still wait of those that were meant, the stopped among them: one request does not do everything. */
  readonly remaining: number;
};

/** Runs the transaction in which a request is taken up, once however often it is made; answers what it came to. */
export type TakeUp = (work: (tx: Tx) => Promise<Queue>) => Promise<Queue>;

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
    options: {
      readonly acceptGap?: boolean | undefined;
      readonly takeUp: TakeUp;
    },
  ): Promise<Requeued>;
  /** Handles what waits under the keys in which something matches. */
  requeueAll(filter: DeadLetterFilter, operator: Operator): Promise<Requeued>;
  /** Gives the message up, counts it as seen, and handles what waits behind it. Refused as `requeue`. */
  discard(
    id: number,
    operator: Operator,
    options: { readonly takeUp: TakeUp },
  ): Promise<Requeued>;
};

/** One request treats no more than this and begins nothing later; what is left waits for the next. */
const atOnce = { messages: 1_000, queues: 100, time: seconds(15) };

type Options = {
  readonly db: Queryable & { readonly transaction: Transact };
  readonly group: string;
  readonly handlers: readonly BatchHandler[];
  /** What one request may do; a thousand messages of a hundred keys in 15 s unless given. */
  readonly atOnce?: {
    readonly messages: number;
    readonly queues: number;
    readonly time: Duration;
  };
};

export function deadLettersOf(options: Options): DeadLetters {
  const { db, group, handlers } = options;
  const { queues: mostQueues, ...most } = options.atOnce ?? atOnce;
  const consumer = () => consumerOf(db, group, handlers);
  const get = async (id: number) => found(await deadLetterStore.find(db, id));
  const go = async (queues: readonly Queue[], treatment: Treatment) =>
    releaseAll({ db, consumer: await consumer() }, queues, {
      ...treatment,
      allowance: new Allowance(most),
    });
  const goThrough = async (queue: Queue, treatment: Treatment) => ({
    ...(await go([queue], treatment)),
    remaining: await remainingIn(db, queue),
  });

  return {
    page: (filter, page) => deadLetterStore.page(db, filter, page),
    get,
    async requeue(id, operator, { acceptGap, takeUp }) {
      const queue = await takeUp((tx) =>
        queueWith(tx, id, (letter) => lockFirst(tx, letter)),
      );
      return goThrough(queue, { operator, acceptGap });
    },
    async requeueAll(filter, operator) {
      const ours = { ...filter, consumer: group };
      const queues = await deadLetterStore.queues(db, ours, mostQueues);
      const done = await go(queues, { operator });
      return { ...done, remaining: await deadLetterStore.count(db, ours) };
    },
    async discard(id, operator, { takeUp }) {
      const ours = await consumer();
      const queue = await takeUp((tx) =>
        queueWith(tx, id, (letter) => discard(tx, ours, letter, operator)),
      );
      return goThrough(queue, { operator });
    },
  };
}

/** The queue that a message was found in, after what was to be done with that message. */
async function queueWith(
  tx: Tx,
  id: number,
  work: (letter: DeadLetter) => Promise<unknown>,
): Promise<Queue> {
  const letter = found(await deadLetterStore.find(tx, id));
  await work(letter);
  return queueOf(letter);
}

type Treatment = {
  readonly operator: Operator;
  readonly acceptGap?: boolean | undefined;
};

type Done = Omit<Requeued, "remaining">;

async function releaseAll(
  context: Omit<Parameters<typeof release>[0], "operator">,
  queues: readonly Queue[],
  treatment: Treatment & { readonly allowance: Allowance },
): Promise<Done> {
  const { operator, acceptGap = false, allowance } = treatment;
  const released: Released[] = [];
  for (const queue of queues)
    released.push(
      await release({ ...context, operator }, queue, { acceptGap, allowance }),
    );
  return total(released);
}

const total = (released: readonly Released[]): Done => ({
  handled: released.reduce((sum, { handled }) => sum + handled, 0),
  dropped: released.reduce((sum, { dropped }) => sum + dropped, 0),
  stopped: released.flatMap(({ stopped }) => stopped ?? []),
});

/** What has no key stands alone. */
async function remainingIn(
  db: Queryable,
  { consumer, key, first }: Queue,
): Promise<number> {
  if (key !== "") return deadLetterStore.count(db, { consumer, key });
  return (await deadLetterStore.find(db, first)) === undefined ? 0 : 1;
}
