import { isRetryable } from "@cartwright/database/is-retryable";
import type { Transact, Tx } from "@cartwright/database/tx";
import { inTime, TooLate } from "../in-time.ts";
import { handleAdmitted, type Consumer } from "../handle-records.ts";
import { recordAction, type Operator } from "../operator-actions.ts";
import { lockParkedKeys, unpark } from "../parked.ts";
import { lockSequences } from "../sequences.ts";
import { longestTransaction } from "../silence.ts";
import type { Allowance } from "./allowance.ts";
import { countAsSeen } from "./count-as-seen.ts";
import { deadLetterStore } from "./dead-letter-store.ts";
import { summaryOf, type DeadLetter, type Queue } from "./dead-letter.ts";
import { nextInQueue } from "./next-in-queue.ts";

/** Why a queue did not go on to its end. */
export type Stopped = Pick<DeadLetter, "id" | "reason" | "detail"> & {
  readonly key: string;
};

export type Released = {
  readonly handled: number;
  /** Seen before, or of no interest here. */
  readonly dropped: number;
  readonly stopped: Stopped | undefined;
};

type Context = {
  readonly db: { readonly transaction: Transact };
  readonly consumer: Consumer;
  readonly operator: Operator;
};

type Step = "handled" | "dropped" | "empty" | { readonly stopped: Stopped };

/** Behind so many nobody looks; they come nearer as those before them go. */
const lookAhead = 500;

/**
 * Handles what waits in a queue from its table, in order, a transaction for each message; messages
 * that arrive meanwhile wait behind it. The first that fails again stops it, and so does a spent allowance.
 */
export async function release(
  context: Context,
  queue: Queue,
  options: { readonly acceptGap: boolean; readonly allowance: Allowance },
): Promise<Released> {
  const count = { handled: 0, dropped: 0 };
  while (!options.allowance.isSpent) {
    const step = await releaseNext(context, queue, options.acceptGap);
    if (step === "empty") break;
    options.allowance.spend();
    if (typeof step === "object") return { ...count, ...step };
    count[step] += 1;
  }
  return { ...count, stopped: undefined };
}

async function releaseNext(
  context: Context,
  queue: Queue,
  acceptGap: boolean,
): Promise<Step> {
  const { db } = context;
  const inHand: { letter?: DeadLetter } = {};
  try {
    // A handler that never returns must not keep its connection.
    return await db.transaction((tx) =>
      inTime(tx, longestTransaction, (inside) =>
        step(inside, context, queue, { acceptGap, inHand }),
      ),
    );
  } catch (error) {
    const { letter } = inHand;
    const isSlowDatabase = error instanceof TooLate && error.inDatabase;
    if (isSlowDatabase || isRetryable(error) || letter === undefined)
      throw error;
    const detail =
      error instanceof Error ? (error.stack ?? error.message) : String(error);
    const failure = { reason: "handler-failed", detail } as const;
    return db.transaction((tx) => failed(tx, context, letter, failure));
  }
}

/** The transaction of one message: the message, its effect, its row, its key and the audit. */
async function step(
  tx: Tx,
  context: Context,
  queue: Queue,
  {
    acceptGap,
    inHand,
  }: { readonly acceptGap: boolean; readonly inHand: { letter?: DeadLetter } },
): Promise<Step> {
  const { consumer, operator } = context;
  const { group } = consumer;
  await lockParkedKeys(tx, group, [queue.key]);
  const letters = await deadLetterStore.lockQueue(tx, queue, lookAhead);
  const [first] = letters;
  if (first === undefined) {
    unpark(tx, group, { ids: [], keys: [queue.key] });
    return "empty";
  }
  const lasts = await lockSequences(tx, group, subjectsOf(letters));
  // What comes behind the message that was named may have a gap of its own.
  const accepts = acceptGap && first.id === queue.first;
  const next = nextInQueue(letters, consumer, lasts, { acceptGap: accepts });
  if (next === undefined) return waits(tx, queue, first);
  const { letter } = next;
  if (next.verdict === "unreadable")
    return failed(tx, context, letter, next.why);
  inHand.letter = letter;
  await countAsSeen(tx, consumer, next.message);
  if (next.verdict === "handle")
    await handleAdmitted(tx, consumer, [next.message]);
  const outcome = next.verdict === "handle" ? "handled" : "dropped";
  remove(tx, letters, letter);
  recordAction(tx, {
    ...{ operator, action: "dead-letters.requeue" },
    ...{ target: String(letter.id), before: summaryOf(letter) },
    after: { outcome },
  });
  return outcome;
}

/** The last message and its key go in one transaction. */
export const remove = (
  tx: Tx,
  letters: readonly DeadLetter[],
  { id, consumer, record: { key } }: DeadLetter,
): void =>
  unpark(tx, consumer, { ids: [id], keys: letters.length === 1 ? [key] : [] });

async function waits(
  tx: Tx,
  queue: Queue,
  { id, record: { key, headers } }: DeadLetter,
): Promise<Step> {
  deadLetterStore.waitForMissing(tx, queue);
  const { ce_subject: subject, ce_sequence: sequence } = headers;
  const detail = `${subject} #${sequence} came too early: one before it is missing`;
  return { stopped: { id, key, reason: "sequence-gap", detail } };
}

async function failed(
  tx: Tx,
  { operator }: Context,
  letter: DeadLetter,
  failure: Pick<DeadLetter, "reason" | "detail">,
): Promise<Step> {
  deadLetterStore.noteFailure(tx, letter, failure);
  recordAction(tx, {
    ...{ operator, action: "dead-letters.requeue" },
    ...{ target: String(letter.id), before: summaryOf(letter) },
    after: { outcome: "failed", ...failure },
  });
  const { key } = letter.record;
  return { stopped: { id: letter.id, key, ...failure } };
}

const subjectsOf = (letters: readonly DeadLetter[]): string[] => [
  ...new Set(letters.flatMap(({ record }) => record.headers.ce_subject ?? [])),
];
