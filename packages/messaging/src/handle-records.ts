import type { Message } from "@cartwright/contracts/message";
import type { Tx } from "@cartwright/database/tx";
import { crashPoint } from "@cartwright/kernel/crash-point";
import { admit, type Admission } from "./admission.ts";
import { typesOf, type BatchHandler, type Types } from "./handler.ts";
import { discardedAmong } from "./discarded.ts";
import { lockGuards } from "./guards.ts";
import type { Memory } from "./memory.ts";
import {
  park,
  typesWaitingUnder,
  unpark,
  waitingUnder,
  type Waiting,
} from "./parked.ts";
import { advanceSequences, lockSequences } from "./sequences.ts";
import { repeatAnswersTo } from "./transactional-outbox.ts";
import { undoneBy } from "./undone-by.ts";
import { decode, type Decoded } from "./wire.ts";

/** A consumer as its transactions know it. */
export type Consumer = {
  readonly group: string;
  readonly handlers: readonly BatchHandler[];
  /** The inbox, unless its handler remembers by itself. */
  readonly memory: Memory;
  /** Message types that some handler hears. */
  readonly handled: Types;
  /** Events about aggregates of which some handler wants the events in order. */
  readonly isSequenced: (message: Message) => boolean;
  readonly beganAt: number;
};

/** However many keys have waited for what a batch brings, a transaction takes up about so many of their messages. */
const takenUp = 1_000;
const takenUpPerKey = 10;

/**
 * One transaction's work: memory, parked keys and sequences are read together, then what is admitted is
 * handled, and what must wait is set aside. Returns whether more has waited for these records than one
 * transaction takes up: given again, in a transaction of their own, they set free what comes next.
 */
export async function handleRecords(
  tx: Tx,
  consumer: Consumer,
  records: readonly Decoded[],
): Promise<boolean> {
  const { group } = consumer;
  const { waiting, moreUnder, before, ...batch } = await admission(
    tx,
    consumer,
    records,
  );
  const { admitted, parked, lasts } = batch;
  crashPoint("consumer.after-inbox");
  const known = new Set(waiting.map(({ record }) => record));
  const held = new Set(parked.map(({ record }) => record));
  const heldKeys = new Set([
    ...moreUnder,
    ...parked.map(({ record }) => record.key),
  ]);
  const released = waiting.filter(({ record }) => !held.has(record));
  advanceSequences(tx, group, lasts, before);
  park(
    tx,
    group,
    parked.filter(({ record }) => !known.has(record)),
  );
  unpark(tx, group, {
    ids: released.map(({ id }) => id),
    keys: distinct(waiting.map(({ record }) => record.key)).filter(
      (key) => !heldKeys.has(key),
    ),
  });
  await handleAdmitted(tx, consumer, admitted);
  crashPoint("consumer.after-handlers");
  return released.some(({ record }) => moreUnder.has(record.key));
}

/** Handles messages; a command that was answered before gets the same answer again. */
export async function handleAdmitted(
  tx: Tx,
  consumer: Consumer,
  admitted: readonly Message[],
): Promise<void> {
  const resent = admitted.filter(isResent).map(({ id }) => id);
  const answered = await repeatAnswersTo(tx, resent);
  const open = admitted.filter(({ id }) => !answered.has(id));
  await handle(tx, consumer.handlers, withoutRepeats(open));
}

/** Asks memory, parked keys and sequences in one round trip, and decides by what they say. */
async function admission(
  tx: Tx,
  consumer: Consumer,
  records: readonly Decoded[],
): Promise<Admission & WaitingForGap & Before> {
  const { group, memory, handled, isSequenced, beganAt } = consumer;
  const messages = messagesIn(records);
  const ours = messages.filter(({ type }) => handled.has(type));
  const subjects = messages.filter(isSequenced).map(({ subject }) => subject);
  const keys = records.map(({ record }) => record.key);
  const [fresh, { parkedKeys, lasts }, discarded] = await Promise.all([
    memory.unseen(tx, ours),
    lockGuards(tx, group, distinct(keys), distinct(subjects)),
    discardedAmong(tx, group, records),
  ]);
  const [{ records: waiting, moreUnder }, parkedTypes] = await Promise.all([
    waitingForGap(tx, group, parkedKeys),
    typesBefore(tx, group, ours, parkedKeys),
  ]);
  const released = waiting.map(({ record }) => decode(record, handled));
  const held = messagesIn(released);
  const theirs = held.filter(isSequenced).map(({ subject }) => subject);
  const before = new Map([
    ...lasts,
    ...(await lockSequences(tx, group, distinct(theirs))),
  ]);
  const admitted = admit([...released, ...records], {
    unseen: new Set([...fresh, ...held]),
    ...{ handled, parkedKeys, parkedTypes, discarded, isSequenced },
    behindOthers: new Set(messages.filter(({ key }) => moreUnder.has(key))),
    consumerBeganAt: beganAt,
    lasts: before,
  });
  return { ...admitted, waiting, moreUnder, before };
}

type Before = {
  /** The last sequence numbers of the subjects that have any. */
  readonly before: ReadonlyMap<string, number>;
};

type WaitingForGap = Pick<Waiting, "moreUnder"> & {
  readonly waiting: Waiting["records"];
};

const waitingForGap = (
  tx: Tx,
  group: string,
  parkedKeys: ReadonlyMap<string, string>,
): Promise<Waiting> => {
  const keys = [...parkedKeys]
    .filter(([, reason]) => reason === "sequence-gap")
    .map(([key]) => key);
  const limit = Math.max(takenUpPerKey, Math.floor(takenUp / keys.length));
  return waitingUnder(tx, group, keys, limit);
};

/** Asked only when a command that undoes meets a parked key. */
const typesBefore = (
  tx: Tx,
  group: string,
  messages: readonly Message[],
  parkedKeys: ReadonlyMap<string, string>,
): Promise<ReadonlyMap<string, readonly string[]>> => {
  const undos = messages.filter(
    ({ type, key }) => undoneBy(type).size > 0 && parkedKeys.has(key),
  );
  return typesWaitingUnder(tx, group, distinct(undos.map(({ key }) => key)));
};

async function handle(
  tx: Tx,
  handlers: readonly BatchHandler[],
  messages: readonly Message[],
): Promise<void> {
  for (const handler of handlers) {
    const types = typesOf([handler]);
    const own = messages.filter(({ type }) => types.has(type));
    if (own.length > 0) await handler.handle(tx, own);
  }
}

const messagesIn = (records: readonly Decoded[]): Message[] =>
  records.flatMap((decoded) => ("message" in decoded ? [decoded.message] : []));

/** A command that was sent twice before the first sending was read asks for one thing. */
function withoutRepeats(messages: readonly Message[]): Message[] {
  const commands = new Set<string>();
  return messages.filter((message) => {
    if (isEvent(message)) return true;
    const isFirst = !commands.has(message.id);
    commands.add(message.id);
    return isFirst;
  });
}

const isEvent = ({ attempt }: Message): boolean => attempt === undefined;
const isResent = ({ attempt }: Message): boolean =>
  attempt !== undefined && attempt > 1;
const distinct = (values: readonly string[]): string[] => [...new Set(values)];
