import {
  insertNotFound,
  statement,
  type Queryable,
  type Tx,
} from "@cartwright/database/tx";
import type {
  Authorization,
  AuthorizationStatus,
} from "../domain/authorization.ts";

const columns = `key, reference, amount, currency, token, status, decline_code AS "declineCode",
  capture_decline_code AS "captureDeclineCode", settles_at AS "settlesAt"`;

const find = statement(
  "authorization-find",
  `SELECT ${columns} FROM authorizations WHERE key = $1`,
);

const lockMany = statement(
  "authorizations-lock",
  `SELECT ${columns} FROM authorizations WHERE key = ANY ($1::text[]) ORDER BY key FOR UPDATE`,
);

const insertMany = insertNotFound(
  "authorizations-insert",
  `INSERT INTO authorizations (key, reference, amount, currency, token, status, decline_code,
     capture_decline_code, settles_at)
   SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::text[], $5::text[], $6::text[],
     $7::text[], $8::text[], $9::timestamptz[]) AS rows (key) ORDER BY key`,
);

const updateMany = statement(
  "authorizations-update",
  `UPDATE authorizations SET status = new_status, capture_decline_code = new_code,
     settles_at = new_settles_at, updated_at = now()
   FROM unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[])
     AS rows (row_key, new_status, new_code, new_settles_at) WHERE key = row_key`,
);

type Row = {
  readonly key: string;
  readonly reference: string;
  readonly amount: number;
  readonly currency: string;
  readonly token: string;
  readonly status: AuthorizationStatus;
  readonly declineCode: string | null;
  readonly captureDeclineCode: string | null;
  readonly settlesAt: Date | null;
};

const authorizationOf = ({ amount, currency, ...row }: Row): Authorization => ({
  ...row,
  amount: { amount, currency },
  declineCode: row.declineCode ?? undefined,
  captureDeclineCode: row.captureDeclineCode ?? undefined,
  settlesAt: row.settlesAt ?? undefined,
});

export const authorizationStore = {
  async find(db: Queryable, key: string): Promise<Authorization | undefined> {
    const [row] = await db.query<Row>(find, [key]);
    return row && authorizationOf(row);
  },

  async loadMany(
    tx: Tx,
    keys: readonly string[],
  ): Promise<ReadonlyMap<string, Authorization>> {
    const rows = await tx.query<Row>(lockMany, [[...new Set(keys)]]);
    return new Map(rows.map((row) => [row.key, authorizationOf(row)]));
  },

  insertMany(tx: Tx, rows: readonly Authorization[]): void {
    if (rows.length === 0) return;
    tx.send(insertMany, [
      rows.map(({ key }) => key),
      rows.map(({ reference }) => reference),
      rows.map(({ amount }) => amount.amount),
      rows.map(({ amount }) => amount.currency),
      rows.map(({ token }) => token),
      rows.map(({ status }) => status),
      rows.map(({ declineCode }) => declineCode),
      rows.map(({ captureDeclineCode }) => captureDeclineCode),
      rows.map(({ settlesAt }) => settlesAt),
    ]);
  },

  updateMany(tx: Tx, rows: readonly Authorization[]): void {
    if (rows.length === 0) return;
    tx.send(updateMany, [
      rows.map(({ key }) => key),
      rows.map(({ status }) => status),
      rows.map(({ captureDeclineCode }) => captureDeclineCode),
      rows.map(({ settlesAt }) => settlesAt),
    ]);
  },
};
