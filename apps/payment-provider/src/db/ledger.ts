import { statement, type Queryable, type Tx } from "@cartwright/database/tx";
import type { Authorization } from "../domain/authorization.ts";

export type Movement = {
  readonly authorization: Authorization;
  readonly kind: "capture" | "refund";
};

export type LedgerEntry = {
  readonly position: number;
  readonly key: string;
  readonly reference: string;
  readonly kind: "capture" | "refund";
  readonly amount: number;
  readonly currency: string;
  readonly postedAt: Date;
};

export type LedgerTotals = {
  readonly kind: "capture" | "refund";
  readonly currency: string;
  readonly count: number;
  readonly amount: number;
};

const post = statement(
  "ledger-post",
  `INSERT INTO ledger_entries (key, reference, kind, amount, currency)
   SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::text[])`,
);

const entriesAfter = `
  SELECT position, key, reference, kind, amount, currency, posted_at AS "postedAt"
  FROM ledger_entries WHERE position > $1 ORDER BY position LIMIT $2`;

const totals = `
  SELECT kind, currency, count(*) AS count, sum(amount)::bigint AS amount
  FROM ledger_entries GROUP BY kind, currency ORDER BY kind, currency`;

/** Money that moved, in the order it did. */
export const ledger = {
  post(tx: Tx, movements: readonly Movement[]): void {
    if (movements.length === 0) return;
    tx.send(post, [
      movements.map(({ authorization }) => authorization.key),
      movements.map(({ authorization }) => authorization.reference),
      movements.map(({ kind }) => kind),
      movements.map(({ authorization }) => authorization.amount.amount),
      movements.map(({ authorization }) => authorization.amount.currency),
    ]);
  },

  entriesAfter: (db: Queryable, position: number, limit: number) =>
    db.query<LedgerEntry>(entriesAfter, [position, limit]),

  totals: (db: Queryable) => db.query<LedgerTotals>(totals),
};
