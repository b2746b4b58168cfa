import { fromPem, toPem, type SigningKey } from "@cartwright/auth/signing-key";
import type { Queryable, Tx } from "@cartwright/database/tx";
import type { KnownKey } from "../domain/rotation.ts";

export type StoredKey = SigningKey & Pick<KnownKey, "status">;

type Row = {
  readonly privateKey: string;
  readonly status: StoredKey["status"];
};

export async function loadKeys(db: Queryable): Promise<readonly StoredKey[]> {
  const rows = await db.query<Row>(
    `SELECT private_key AS "privateKey", status FROM signing_keys ORDER BY created_at`,
  );
  return rows.map(({ privateKey, status }) => ({
    ...fromPem(privateKey),
    status,
  }));
}

/** Does nothing when there is an active key already. */
export async function insertActiveKey(
  db: Queryable,
  key: SigningKey,
): Promise<void> {
  await db.query(
    `INSERT INTO signing_keys (kid, private_key, status) VALUES ($1, $2, 'active')
     ON CONFLICT (status) WHERE status = 'active' DO NOTHING`,
    [key.kid, toPem(key)],
  );
}

/** All keys without the keys, oldest first. */
export const knownKeys = (db: Queryable): Promise<KnownKey[]> =>
  db.query<KnownKey>(
    `SELECT kid, status, since, EXTRACT(EPOCH FROM clock_timestamp() - since)::float8 * 1000 AS age
     FROM signing_keys, LATERAL (SELECT COALESCE(retired_at, created_at) AS since) AS last
     ORDER BY created_at`,
  );

/** Has whoever else wants to change the keys wait for the end of the transaction; readers go on. */
export async function lockKeys(tx: Tx): Promise<void> {
  await tx.query("LOCK TABLE signing_keys IN SHARE ROW EXCLUSIVE MODE");
}

export async function insertNextKey(tx: Tx, key: SigningKey): Promise<void> {
  await tx.query(
    "INSERT INTO signing_keys (kid, private_key, status) VALUES ($1, $2, 'next')",
    [key.kid, toPem(key)],
  );
}

/** The key that signed until now is retired. */
export async function letSign(tx: Tx, kid: string): Promise<void> {
  await tx.query(
    "UPDATE signing_keys SET status = 'retired', retired_at = clock_timestamp() WHERE status = 'active'",
  );
  await tx.query("UPDATE signing_keys SET status = 'active' WHERE kid = $1", [
    kid,
  ]);
}

export async function deleteKeys(
  tx: Tx,
  kids: readonly string[],
): Promise<void> {
  await tx.query("DELETE FROM signing_keys WHERE kid = ANY($1)", [kids]);
}
