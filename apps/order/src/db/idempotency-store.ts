import { statement, type Queryable, type Tx } from "@cartwright/database/tx";
import type { KeptReply } from "@cartwright/http/idempotency";
import type { Reply } from "@cartwright/http/reply";

/** A request's key and the reply to keep under it. */
export type KeyedReply = {
  readonly scope: string;
  readonly key: string;
  readonly fingerprint: string;
  readonly reply: Reply;
};

type Key = Pick<KeyedReply, "scope" | "key">;

/** Sorted: two groups with the same keys in opposite orders would deadlock. */
const keep = statement(
  "order-keys-keep",
  `INSERT INTO idempotency_keys (scope, key, fingerprint, status, headers, body)
   SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::int[], $5::json[], $6::json[])
     AS rows (scope, key, fingerprint, status, headers, body) ORDER BY scope, key
   ON CONFLICT DO NOTHING RETURNING scope, key`,
);

const recall = statement(
  "order-keys-recall",
  `SELECT scope, key, fingerprint, status, headers, body FROM idempotency_keys
   WHERE (scope, key) IN (SELECT * FROM unnest($1::text[], $2::text[]))`,
);

export const identityOf = ({ scope, key }: Key): string =>
  `${scope}\u0000${key}`;

/** Takes the keys that are free and keeps their replies; returns whose were. A key taken by a transaction still open is waited for. */
export async function keepReplies(
  tx: Tx,
  replies: readonly KeyedReply[],
): Promise<ReadonlySet<string>> {
  const rows = await tx.query<Key>(keep, [
    replies.map(({ scope }) => scope),
    replies.map(({ key }) => key),
    replies.map(({ fingerprint }) => fingerprint),
    replies.map(({ reply }) => reply.status),
    replies.map(({ reply }) => JSON.stringify(reply.headers ?? {})),
    replies.map(({ reply }) => JSON.stringify(reply.body)),
  ]);
  return new Set(rows.map(identityOf));
}

/** What is kept under these keys. A statement of its own: the one that met a key could not see its row. */
export async function recallReplies(
  db: Queryable,
  keys: readonly Key[],
): Promise<ReadonlyMap<string, KeptReply>> {
  if (keys.length === 0) return new Map();
  const rows = await db.query<Key & KeptReply>(recall, [
    keys.map(({ scope }) => scope),
    keys.map(({ key }) => key),
  ]);
  return new Map(rows.map((row) => [identityOf(row), row]));
}
