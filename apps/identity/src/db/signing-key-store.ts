import { fromPem, toPem, type SigningKey } from "@cartwright/auth/signing-key";
import type { Queryable } from "@cartwright/database/tx";

export type StoredKey = SigningKey & {
  /** `next` is published before it signs, `retired` after, so that no token is ever unknown. */
  readonly status: "next" | "active" | "retired";
};

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
