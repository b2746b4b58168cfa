import { statement, type Tx } from "@cartwright/database/tx";
import type { ReceivedRecord } from "./bus.ts";

/** Why a key waits: a message of it could not be read or handled, or one before it is missing. */
export const parkReasons = [
  "malformed",
  "unknown-type",
  "schema-mismatch",
  "handler-failed",
  "sequence-gap",
  "key-parked",
] as const;
export type ParkReason = (typeof parkReasons)[number];

export type ParkedRecord = {
  readonly record: ReceivedRecord;
  readonly reason: ParkReason;
  readonly detail: string;
};

const lockKeys = statement(
  "parked-lock-keys",
  `SELECT key, reason FROM parked_keys
   WHERE consumer = $1 AND key = ANY ($2::text[]) ORDER BY key FOR UPDATE`,
);

/** A key that waited for a missing message only waits for a person once one of its messages has failed. */
const insertKeys = statement(
  "parked-insert-keys",
  `INSERT INTO parked_keys (consumer, key, reason)
   SELECT $1, key, reason FROM unnest($2::text[], $3::text[]) AS rows (key, reason) ORDER BY key
   ON CONFLICT (consumer, key) DO UPDATE SET reason = EXCLUDED.reason
     WHERE parked_keys.reason = 'sequence-gap' AND EXCLUDED.reason <> 'sequence-gap'`,
);

/** Once, however often it is delivered while it waits. */
const insertMessages = statement(
  "parked-insert-messages",
  `INSERT INTO parked_messages (consumer, key, position, topic, headers, payload, reason, detail)
   SELECT $1, key, position, topic, headers, payload, reason, detail
   FROM unnest($2::text[], $3::text[], $4::text[], $5::json[], $6::text[], $7::text[], $8::text[])
     WITH ORDINALITY AS rows (key, position, topic, headers, payload, reason, detail, place)
   ORDER BY place ON CONFLICT DO NOTHING`,
);

/** Of each key no more than so many: one key must not hide the others. */
const waiting = statement(
  "parked-waiting",
  `SELECT first.* FROM unnest($2::text[]) AS wanted (wanted_key), LATERAL (
     SELECT id, key, position, topic, headers, payload FROM parked_messages
     WHERE consumer = $1 AND key = wanted_key ORDER BY id LIMIT $3
   ) AS first ORDER BY id`,
);

const removeMessages = statement(
  "parked-remove-messages",
  `DELETE FROM parked_messages WHERE id = ANY ($1::bigint[])`,
);

const freeKeys = statement(
  "parked-free-keys",
  `DELETE FROM parked_keys WHERE consumer = $1 AND key = ANY ($2::text[])`,
);

const typesUnder = statement(
  "parked-types",
  `SELECT key, array_agg(DISTINCT coalesce(headers ->> 'ce_type', '')) AS types FROM parked_messages
   WHERE consumer = $1 AND key = ANY ($2::text[]) GROUP BY key`,
);

/** The keys among these that are parked, with the reason, locked until the transaction ends. */
export async function lockParkedKeys(
  tx: Tx,
  consumer: string,
  keys: readonly string[],
): Promise<ReadonlyMap<string, ParkReason>> {
  const rows = await tx.query<{ key: string; reason: ParkReason }>(lockKeys, [
    consumer,
    keys,
  ]);
  return new Map(rows.map(({ key, reason }) => [key, reason]));
}

/** Sets records aside. Their keys wait from now on, except where a record has none. */
export function park(
  tx: Tx,
  consumer: string,
  parked: readonly ParkedRecord[],
): void {
  if (parked.length === 0) return;
  const reasons = reasonsByKey(parked);
  tx.send(insertKeys, [consumer, [...reasons.keys()], [...reasons.values()]]);
  tx.send(insertMessages, [
    consumer,
    parked.map(({ record }) => record.key),
    parked.map(({ record }) => record.position),
    parked.map(({ record }) => record.topic),
    parked.map(({ record }) => JSON.stringify(record.headers)),
    parked.map(({ record }) => record.value),
    parked.map(({ reason }) => reason),
    parked.map(({ detail }) => detail),
  ]);
}

/** Why each key waits: for a person as soon as one of its messages does. */
function reasonsByKey(
  parked: readonly ParkedRecord[],
): ReadonlyMap<string, ParkReason> {
  const reasons = new Map<string, ParkReason>();
  for (const { record, reason } of parked) {
    const known = reasons.get(record.key) ?? "sequence-gap";
    if (record.key !== "")
      reasons.set(record.key, known === "sequence-gap" ? reason : known);
  }
  return reasons;
}

export type WaitingRecord = {
  readonly id: number;
  readonly record: ReceivedRecord;
};

export type Waiting = {
  readonly records: readonly WaitingRecord[];
  /** Keys under which more waits, behind these. */
  readonly moreUnder: ReadonlySet<string>;
};

/** The first `limit` that wait under each of these keys, all in the order they came. */
export async function waitingUnder(
  tx: Tx,
  consumer: string,
  keys: readonly string[],
  limit: number,
): Promise<Waiting> {
  if (keys.length === 0) return { records: [], moreUnder: new Set() };
  type Row = Omit<ReceivedRecord, "value"> & { id: number; payload: string };
  const rows = await tx.query<Row>(waiting, [consumer, keys, limit + 1]);
  const left = [...Map.groupBy(rows, ({ key }) => key).values()];
  const behind = new Set(left.flatMap((ofKey) => ofKey.slice(limit)));
  return {
    records: rows
      .filter((row) => !behind.has(row))
      .map(({ id, payload, ...record }) => ({
        id,
        record: { ...record, value: payload },
      })),
    moreUnder: new Set([...behind].map(({ key }) => key)),
  };
}

/** Takes these messages out of the table, and sets the keys free that nothing waits under any more. */
export function unpark(
  tx: Tx,
  consumer: string,
  {
    ids,
    keys,
  }: { readonly ids: readonly number[]; readonly keys: readonly string[] },
): void {
  if (ids.length > 0) tx.send(removeMessages, [ids]);
  if (keys.length > 0) tx.send(freeKeys, [consumer, keys]);
}

/** The types of all that waits under each of these keys. */
export async function typesWaitingUnder(
  tx: Tx,
  consumer: string,
  keys: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  if (keys.length === 0) return new Map();
  const rows = await tx.query<{ key: string; types: string[] }>(typesUnder, [
    consumer,
    keys,
  ]);
  return new Map(rows.map(({ key, types }) => [key, types]));
}
