import type { Message } from "@cartwright/contracts/message";
import { insertUnlessThere, type Tx } from "@cartwright/database/tx";

/** The rows are sorted, so that two consumers of one group during a rebalance wait for each other and never deadlock. */
const recordEvents = insertUnlessThere(
  "inbox-record-events",
  seenAmong({
    rows: "unnest($2::uuid[]) WITH ORDINALITY AS rows (id, place)",
    insert: `INSERT INTO inbox (consumer, message_id)
     SELECT $1, id FROM unnest($2::uuid[]) AS id ORDER BY id`,
    inserted: "message_id",
    key: "id",
  }),
);

const recordCommands = insertUnlessThere(
  "inbox-record-commands",
  seenAmong({
    rows: "unnest($2::uuid[], $3::int[]) WITH ORDINALITY AS rows (id, attempt, place)",
    insert: `INSERT INTO command_inbox (consumer, command_id, attempt)
     SELECT $1, id, attempt FROM unnest($2::uuid[], $3::int[]) AS rows (id, attempt) ORDER BY id, attempt`,
    inserted: "command_id, attempt",
    key: "(id, attempt)",
  }),
);

/**
 * Inserts and tells the places, from 1, of what was there. Where nothing may have been there is nothing to
 * tell: the usual answer is empty, which for large batches is a fifth of what asking costs this process.
 */
function seenAmong(sql: {
  readonly rows: string;
  readonly insert: string;
  readonly inserted: string;
  readonly key: string;
}): (onConflict: string) => string {
  const { rows, insert, inserted, key } = sql;
  return (onConflict) =>
    onConflict === ""
      ? insert
      : `WITH fresh AS (${insert} ${onConflict} RETURNING ${inserted})
         SELECT place::int FROM ${rows} WHERE ${key} NOT IN (SELECT ${inserted} FROM fresh)`;
}

type Seen = { readonly place: number };

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
  const [seenEvents, seenCommands] = await Promise.all([
    events.length === 0
      ? []
      : tx.query<Seen>(recordEvents, [consumer, events.map(({ id }) => id)]),
    commands.length === 0
      ? []
      : tx.query<Seen>(recordCommands, [
          consumer,
          commands.map(({ id }) => id),
          commands.map(({ attempt }) => attempt),
        ]),
  ]);
  const known = new Set([
    ...seenEvents.map(({ place }) => events[place - 1]),
    ...seenCommands.map(({ place }) => commands[place - 1]),
  ]);
  const fresh = messages.filter((message) => !known.has(message));
  return firstOf(fresh, fresh);
}

type Identity = Pick<Message, "id" | "attempt">;

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
