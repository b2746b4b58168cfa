import { foreignKeyViolation } from "../sql-error.ts";
import { keyOf, type TableDefinition } from "../table-definition.ts";
import type { Twin, Twins } from "../twin.ts";
import { payments } from "./payments.ts";
import { at, bigints, rowsFrom, text, texts, times, uuids } from "./values.ts";

export type LedgerTransferRow = {
  readonly payment_id: string;
  readonly kind: string;
  readonly debit_account: string;
  readonly credit_account: string;
  readonly amount: number;
  readonly currency: string;
  readonly posted_at: number;
};

export const ledgerTransfers: TableDefinition<LedgerTransferRow> = {
  name: "ledger_transfers",
  key: ({ payment_id, kind }) => keyOf(payment_id, kind),
  checks: {
    ledger_transfers_accounts_follow_kind: (row) =>
      (row.kind === "capture" &&
        row.debit_account === "provider" &&
        row.credit_account === "sales") ||
      (row.kind === "refund" &&
        row.debit_account === "sales" &&
        row.credit_account === "provider"),
    ledger_transfers_amount_not_negative: ({ amount }) => amount >= 0,
  },
};

/** Foreign keys are looked up when all rows are in. */
const post: Twin = function* (run, values) {
  const [ids, kinds] = [uuids(values[0]), texts(values[1])];
  const [debits, credits] = [texts(values[2]), texts(values[3])];
  const [amounts, currencies] = [bigints(values[4]), texts(values[5])];
  const posted = times(values[6]);
  const rows = rowsFrom(ids, (index) => ({
    payment_id: at(ids, index),
    kind: at(kinds, index),
    debit_account: at(debits, index),
    credit_account: at(credits, index),
    amount: at(amounts, index),
    currency: at(currencies, index),
    posted_at: at(posted, index),
  }));
  for (const row of rows) yield* run.table(ledgerTransfers).insert(run, row);
  for (const { payment_id } of rows)
    if (!(yield* run.table(payments).exists(run, payment_id)))
      throw foreignKeyViolation("ledger_transfers_payment_id_fkey");
  return [];
};

export type ProviderEventRow = {
  readonly provider: string;
  readonly event_id: string;
  readonly payment_id: string;
  readonly type: string;
  readonly received_at: number;
};

export const providerEvents: TableDefinition<ProviderEventRow> = {
  name: "provider_events",
  key: ({ provider, event_id }) => keyOf(provider, event_id),
};

const record: Twin = function* (run, values) {
  const row: ProviderEventRow = {
    provider: text(values[0]),
    event_id: text(values[1]),
    payment_id: text(values[2]),
    type: text(values[3]),
    received_at: run.now,
  };
  const inserted = yield* run.table(providerEvents).insertUnlessThere(run, row);
  return inserted ? [{ event_id: row.event_id }] : [];
};

export const ledgerTwins: Twins = {
  "ledger-post": post,
  "provider-events-record": record,
};
