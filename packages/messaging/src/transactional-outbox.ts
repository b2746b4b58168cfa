import { contractOf } from "@cartwright/contracts/catalogue";
import type { Clock } from "@cartwright/kernel/clock";
import { newId } from "@cartwright/kernel/ids";
import { insertUnlessThere, statement, type Tx } from "@cartwright/database/tx";
import type { BusRecord } from "./bus.ts";
import type { Outbox, Outgoing } from "./outbox.ts";
import { headersOf } from "./wire.ts";

/** Payload and headers. Below the topics' limit of 1 MiB: what is too large is refused here, not in the relay. */
export const maxMessageBytes = 900 * 1024;

const insertMessages = statement(
  "outbox-append",
  `INSERT INTO outbox (id, subject, type, topic, key, headers, payload)
   SELECT id, subject, type, topic, key, headers, payload
   FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::json[], $7::text[])
     WITH ORDINALITY AS rows (id, subject, type, topic, key, headers, payload, place) ORDER BY place`,
);

/** As `insertMessages`, and remembers the answers among them. */
const insertAnswers = insertUnlessThere(
  "outbox-append-answers",
  (onConflict) => `WITH messages AS (
     SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::json[], $7::text[], $8::uuid[])
       WITH ORDINALITY AS rows (id, subject, type, topic, key, headers, payload, command_id, place)
   ), remembered AS (
     INSERT INTO command_answers (command_id, event_id, subject, type, topic, key, headers, payload)
     SELECT command_id, id, subject, type, topic, key, headers, payload
     FROM messages WHERE command_id IS NOT NULL ${onConflict}
   )
   INSERT INTO outbox (id, subject, type, topic, key, headers, payload)
   SELECT id, subject, type, topic, key, headers, payload FROM messages ORDER BY place`,
);

/**
 * The outbox of the service `source`. `wake` is called after each commit that appended something,
 * to rouse the relay at once.
 */
export function transactionalOutbox(options: {
  readonly source: string;
  readonly clock: Clock;
  readonly wake: (records: readonly BusRecord[]) => void;
}): Outbox {
  return {
    append(tx: Tx, messages: readonly Outgoing[]) {
      if (messages.length === 0) return;
      const time = options.clock.now().toISOString();
      const rows = messages.map((message) =>
        rowOf(message, options.source, time),
      );
      const columns = transpose(rows.map(({ row }) => row));
      tx.afterCommit(() => options.wake(rows.map(({ record }) => record)));
      if (messages.some(({ cause }) => cause.commandId))
        tx.send(insertAnswers, [
          ...columns,
          messages.map(({ cause }) => cause.commandId ?? null),
        ]);
      else tx.send(insertMessages, columns);
    },
  };
}

type OutboxRow = readonly [
  id: string,
  subject: string,
  type: string,
  topic: string,
  key: string,
  headers: string,
  payload: string,
];

function rowOf(
  message: Outgoing,
  source: string,
  time: string,
): { readonly row: OutboxRow; readonly record: BusRecord } {
  const { draft } = message;
  const id = message.id ?? newId();
  const payload = JSON.stringify(
    contractOf(draft.type)?.schema.parse(draft.data),
  );
  const attributes = headersOf(message, { id, source, time });
  const headers = JSON.stringify(attributes);
  const characters = payload.length + headers.length;
  if (
    characters > maxMessageBytes / 4 &&
    Buffer.byteLength(payload) + Buffer.byteLength(headers) > maxMessageBytes
  ) {
    throw new RangeError(
      `${draft.type} of ${draft.subject} is larger than ${maxMessageBytes} bytes.`,
    );
  }
  const { subject, type, topic, key } = draft;
  return {
    row: [id, subject, type, topic, key, headers, payload],
    record: { topic, key, headers: attributes, value: payload },
  };
}

const transpose = (rows: readonly OutboxRow[]): string[][] =>
  Array.from({ length: 7 }, (_, column) =>
    rows.map((row) => row[column] ?? ""),
  );

const repeatAnswers = statement(
  "outbox-repeat-answers",
  `INSERT INTO outbox (id, subject, type, topic, key, headers, payload)
   SELECT event_id, subject, type, topic, key, headers, payload
   FROM command_answers WHERE command_id = ANY ($1::uuid[])
   RETURNING (headers ->> 'ce_commandid') AS "commandId"`,
);

/**
 * Publishes again, with its id and sequence, the answer that each of these commands was given.
 * Returns the commands that had one.
 */
export async function repeatAnswersTo(
  tx: Tx,
  commandIds: readonly string[],
): Promise<ReadonlySet<string>> {
  if (commandIds.length === 0) return new Set();
  const rows = await tx.query<{ commandId: string }>(repeatAnswers, [
    commandIds,
  ]);
  return new Set(rows.map((row) => row.commandId));
}
