import type { Message } from "@cartwright/contracts/message";
import { insertUnlessThere, type Tx } from "@cartwright/database/tx";
import { firstOf } from "@cartwright/messaging/inbox";

const insert = insertUnlessThere(
  "archive-insert",
  (onConflict) =>
    `INSERT INTO event_archive
       (id, type, source, subject, key, sequence, time, correlation_id, causation_id, command_id, data)
     SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::int[],
       $7::timestamptz[], $8::text[], $9::text[], $10::text[], $11::json[])
     ${onConflict} RETURNING id`,
);

/**
 * Keeps the events as they came, and returns those that were not there before, each once, in the order given.
 * They go sorted, so that two consumers of one group during a rebalance wait for each other and never
 * deadlock; sorted here, since ORDER BY would cost a tenth of the insert.
 */
export async function archive(
  tx: Tx,
  events: readonly Message[],
): Promise<ReadonlySet<Message>> {
  if (events.length === 0) return new Set();
  const rows = events.toSorted((one, other) =>
    one.id < other.id ? -1 : Number(one.id > other.id),
  );
  const kept = await tx.query<{ id: string }>(insert, [
    rows.map(({ id }) => id),
    rows.map(({ type }) => type),
    rows.map(({ source }) => source),
    rows.map(({ subject }) => subject),
    rows.map(({ key }) => key),
    rows.map(({ sequence }) => sequence),
    rows.map(({ time }) => new Date(time)),
    rows.map(({ correlationId }) => correlationId),
    rows.map(({ causationId }) => causationId ?? null),
    rows.map(({ commandId }) => commandId ?? null),
    rows.map(({ payload, data }) => payload ?? JSON.stringify(data)),
  ]);
  return firstOf(events, kept);
}
