import type { Message } from "@cartwright/contracts/message";
import { insertUnlessThere, type Tx } from "@cartwright/database/tx";
import { firstOf } from "@cartwright/messaging/inbox";

/** Sorted, so that two consumers of one group during a rebalance wait for each other and never deadlock. */
const insert = insertUnlessThere(
  "archive-insert",
  (onConflict) =>
    `INSERT INTO event_archive
       (id, type, source, subject, key, sequence, time, correlation_id, causation_id, command_id, data)
     SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::int[],
       $7::timestamptz[], $8::text[], $9::text[], $10::text[], $11::json[]) AS rows (id)
     ORDER BY id ${onConflict} RETURNING id`,
);

/** Keeps the events as they came, and returns those that were not there before, each once, in the order given. */
export async function archive(
  tx: Tx,
  events: readonly Message[],
): Promise<ReadonlySet<Message>> {
  if (events.length === 0) return new Set();
  const kept = await tx.query<{ id: string }>(insert, [
    events.map(({ id }) => id),
    events.map(({ type }) => type),
    events.map(({ source }) => source),
    events.map(({ subject }) => subject),
    events.map(({ key }) => key),
    events.map(({ sequence }) => sequence),
    events.map(({ time }) => new Date(time)),
    events.map(({ correlationId }) => correlationId),
    events.map(({ causationId }) => causationId ?? null),
    events.map(({ commandId }) => commandId ?? null),
    events.map(({ payload, data }) => payload ?? JSON.stringify(data)),
  ]);
  return firstOf(events, kept);
}
