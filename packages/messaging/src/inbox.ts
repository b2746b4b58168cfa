import type { Message } from "@cartwright/contracts/message";
import { insertUnlessThere, type Tx } from "@cartwright/database/tx";

/** Sorted, so that two consumers of one group during a rebalance wait for each other and never deadlock. */
const recordEvents = insertUnlessThere(
  "inbox-record-events",
  (onConflict) =>
    `INSERT INTO inbox (consumer, message_id)
     SELECT $1, id FROM unnest($2::uuid[]) AS id ORDER BY id
     ${onConflict} RETURNING message_id AS id`,
);

const recordCommands = insertUnlessThere(
  "inbox-record-commands",
  (onConflict) =>
    `INSERT INTO command_inbox (consumer, command_id, attempt)
     SELECT $1, id, attempt FROM unnest($2::uuid[], $3::int[]) AS rows (id, attempt) ORDER BY id, attempt
     ${onConflict} RETURNING command_id AS id, attempt`,
);

/**
 * Records the messages as handled by `consumer` and returns those that were not before, each once,
 * in the order given. Same transaction as their effect: either both happen or neither.
 */
export async function unseen(
  tx: Tx,
  consumer: string,
  messages: readonly Message[],
): Promise<ReadonlySet<Message>> {
  const events = messages.filter((message) => message.attempt === undefined);
  const commands = messages.filter((message) => message.attempt !== undefined);
  const inserted = await Promise.all([
    events.length === 0
      ? []
      : tx.query<{ id: string }>(recordEvents, [
          consumer,
          events.map(({ id }) => id),
        ]),
    commands.length === 0
      ? []
      : tx.query<{ id: string; attempt: number }>(recordCommands, [
          consumer,
          commands.map(({ id }) => id),
          commands.map(({ attempt }) => attempt),
        ]),
  ]);
  return firstOf(messages, inserted.flat());
}

type Identity = { readonly id: string; readonly attempt?: number };

/** The messages that have these identities, each once, in the order given. */
export function firstOf(
  messages: readonly Message[],
  identities: readonly Identity[],
): ReadonlySet<Message> {
  const left = new Set(identities.map(identityOf));
  return new Set(
    messages.filter((message) => left.delete(identityOf(message))),
  );
}

/** A command sent again is another message; an event has no attempts. */
const identityOf = ({ id, attempt }: Identity): string =>
  attempt === undefined ? id : `${id}#${attempt}`;
