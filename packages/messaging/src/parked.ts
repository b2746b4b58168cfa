import { statement, type Tx } from "@cartwright/database/tx";
import type { ReceivedRecord } from "./bus.ts";

/** Why a key waits: a message of it could not be read or handled, or one before it is missing. */
export type ParkReason =
  | "malformed"
  | "unknown-type"
  | "schema-mismatch"
  | "handler-failed"
  | "sequence-gap"
  | "key-parked";

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

const insertKeys = statement(
  "parked-insert-keys",
  `INSERT INTO parked_keys (consumer, key, reason)
   SELECT $1, key, reason FROM unnest($2::text[], $3::text[]) AS rows (key, reason) ORDER BY key
   ON CONFLICT (consumer, key) DO NOTHING`,
);

const insertMessages = statement(
  "parked-insert-messages",
  `INSERT INTO parked_messages (consumer, key, position, topic, headers, payload, reason, detail)
   SELECT $1, key, position, topic, headers, payload, reason, detail
   FROM unnest($2::text[], $3::text[], $4::text[], $5::json[], $6::text[], $7::text[], $8::text[])
     WITH ORDINALITY AS rows (key, position, topic, headers, payload, reason, detail, place)
   ORDER BY place`,
);

const takeWaiting = statement(
  "parked-take-waiting",
  `WITH released AS (DELETE FROM parked_keys WHERE consumer = $1 AND key = ANY ($2::text[])),
     taken AS (DELETE FROM parked_messages WHERE consumer = $1 AND key = ANY ($2::text[]) RETURNING *)
   SELECT key, position, topic, headers, payload FROM taken ORDER BY id`,
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
export async function park(
  tx: Tx,
  consumer: string,
  parked: readonly ParkedRecord[],
): Promise<void> {
  if (parked.length === 0) return;
  const keyed = parked.filter(({ record }) => record.key !== "");
  await Promise.all([
    tx.query(insertKeys, [
      consumer,
      keyed.map(({ record }) => record.key),
      keyed.map(({ reason }) => reason),
    ]),
    tx.query(insertMessages, [
      consumer,
      parked.map(({ record }) => record.key),
      parked.map(({ record }) => record.position),
      parked.map(({ record }) => record.topic),
      parked.map(({ record }) => JSON.stringify(record.headers)),
      parked.map(({ record }) => record.value),
      parked.map(({ reason }) => reason),
      parked.map(({ detail }) => detail),
    ]),
  ]);
}

/** Takes everything that waits under these keys out of the table, in the order it came. */
export async function takeParked(
  tx: Tx,
  consumer: string,
  keys: readonly string[],
): Promise<ReceivedRecord[]> {
  if (keys.length === 0) return [];
  type Row = Omit<ReceivedRecord, "value"> & { payload: string };
  const rows = await tx.query<Row>(takeWaiting, [consumer, keys]);
  return rows.map(({ payload, ...record }) => ({ ...record, value: payload }));
}
