import type { Message } from "@cartwright/contracts/message";
import type { Tx } from "@cartwright/database/tx";
import { crashPoint } from "@cartwright/kernel/crash-point";
import { admit, type Admission } from "./admission.ts";
import type { BatchHandler } from "./handler.ts";
import { unseen } from "./inbox.ts";
import { lockParkedKeys, park, takeParked } from "./parked.ts";
import { lockSequences, saveSequences } from "./sequences.ts";
import { repeatAnswersTo } from "./transactional-outbox.ts";
import { decode, type Decoded } from "./wire.ts";

/** A consumer as its transactions know it. */
export type Consumer = {
  readonly group: string;
  readonly handlers: readonly BatchHandler[];
  readonly handled: ReadonlySet<string>;
  readonly beganAt: number;
};

/**
 * One transaction's work: inbox, parked keys and sequences are read together, then what is admitted is
 * handled, and what must wait is set aside.
 */
export async function handleRecords(
  tx: Tx,
  consumer: Consumer,
  records: readonly Decoded[],
): Promise<void> {
  const { group } = consumer;
  const { admitted, parked, lasts } = await admission(tx, consumer, records);
  crashPoint("consumer.after-inbox");
  const resent = admitted.filter(isResent).map(({ id }) => id);
  const answered = await repeatAnswersTo(tx, resent);
  const open = admitted.filter(({ id }) => !answered.has(id));
  await handle(tx, consumer.handlers, withoutRepeats(open));
  await Promise.all([saveSequences(tx, group, lasts), park(tx, group, parked)]);
  crashPoint("consumer.after-handlers");
}

/** Asks inbox, parked keys and sequences in one round trip, and decides by what they say. */
async function admission(
  tx: Tx,
  consumer: Consumer,
  records: readonly Decoded[],
): Promise<Admission> {
  const { group, handled, beganAt } = consumer;
  const messages = messagesIn(records);
  const ours = messages.filter(({ type }) => handled.has(type));
  const subjects = messages.filter(isEvent).map(({ subject }) => subject);
  const keys = records.map(({ record }) => record.key);
  const [fresh, parkedKeys, lasts] = await Promise.all([
    unseen(tx, group, ours),
    lockParkedKeys(tx, group, distinct(keys)),
    lockSequences(tx, group, distinct(subjects)),
  ]);
  const released = await takeWaitingForGap(tx, consumer, parkedKeys);
  return admit([...released, ...records], {
    unseen: new Set([...fresh, ...messagesIn(released)]),
    handled,
    parkedKeys,
    lasts,
    consumerBeganAt: beganAt,
  });
}

async function takeWaitingForGap(
  tx: Tx,
  { group, handled }: Consumer,
  parkedKeys: ReadonlyMap<string, string>,
): Promise<Decoded[]> {
  const keys = [...parkedKeys]
    .filter(([, reason]) => reason === "sequence-gap")
    .map(([key]) => key);
  return (await takeParked(tx, group, keys)).map((record) =>
    decode(record, handled),
  );
}

async function handle(
  tx: Tx,
  handlers: readonly BatchHandler[],
  messages: readonly Message[],
): Promise<void> {
  for (const handler of handlers) {
    const types = new Set(handler.contracts.map(({ type }) => type));
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
