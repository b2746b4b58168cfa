import { statement, type Tx } from "@cartwright/database/tx";
import type { TransferKind } from "../domain/decision.ts";
import type { Payment } from "../domain/payment.ts";

export type Transfer = {
  readonly payment: Payment;
  readonly kind: TransferKind;
  readonly at: Date;
};

/** What the provider owes us, and what we have sold: a capture moves money from one to the other. */
const accounts = {
  capture: { debit: "provider", credit: "sales" },
  refund: { debit: "sales", credit: "provider" },
} as const satisfies Record<TransferKind, { debit: string; credit: string }>;

const post = statement(
  "ledger-post",
  `INSERT INTO ledger_transfers (payment_id, kind, debit_account, credit_account, amount, currency, posted_at)
   SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::text[], $7::timestamptz[])`,
);

/** Money that moved. A second capture or refund of one payment is refused by the database. */
export const ledger = {
  post(tx: Tx, transfers: readonly Transfer[]): void {
    if (transfers.length === 0) return;
    tx.send(post, [
      transfers.map(({ payment }) => payment.id),
      transfers.map(({ kind }) => kind),
      transfers.map(({ kind }) => accounts[kind].debit),
      transfers.map(({ kind }) => accounts[kind].credit),
      transfers.map(({ payment }) => payment.amount.amount),
      transfers.map(({ payment }) => payment.amount.currency),
      transfers.map(({ at }) => at),
    ]);
  },
};
