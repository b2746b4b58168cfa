import type { TableDefinition } from "../table-definition.ts";
import type { Twin, Twins } from "../twin.ts";
import {
  at,
  bigints,
  bools,
  date,
  dateOrNull,
  ints,
  orNull,
  rowsFrom,
  sortedBy,
  texts,
  times,
  uuids,
} from "./values.ts";

export type PaymentRow = {
  readonly id: string;
  readonly order_id: string;
  readonly customer_id: string | null;
  readonly amount: number;
  readonly currency: string;
  readonly status: string;
  readonly authorization_key: string | null;
  readonly failure_code: string | null;
  readonly outcome: string | null;
  readonly captured_at: number | null;
  readonly event_sequence: number;
  readonly created_at: number;
  readonly updated_at: number;
};

const statuses = new Set([
  "initiated",
  "action-required",
  "authorized",
  "capturing",
  "captured",
  "capture-failed",
  "refunding",
  "refunded",
  "failed",
  "cancelling",
  "cancelled",
]);
const unauthorized = new Set(["failed", "cancelled"]);
const failed = new Set(["failed", "capture-failed"]);
const paid = new Set(["captured", "refunding", "refunded"]);
const outcomes = new Set(["none", "voided", "refunded"]);

export const payments: TableDefinition<PaymentRow> = {
  name: "payments",
  key: ({ id }) => id,
  unique: { payments_order_id_key: ({ order_id }) => order_id },
  checks: {
    payments_amount_not_negative: ({ amount }) => amount >= 0,
    payments_authorized_under_a_key: ({ authorization_key, status }) =>
      authorization_key !== null || unauthorized.has(status),
    payments_cancelled_with_an_outcome: ({ outcome, status }) =>
      (outcome !== null) === (status === "cancelled"),
    payments_captured_at_a_time: ({ captured_at, status }) =>
      captured_at !== null || !paid.has(status),
    payments_currency_is_iso_4217: ({ currency }) =>
      /^[A-Z]{3}$/.test(currency),
    payments_failed_for_a_reason: ({ failure_code, status }) =>
      failure_code !== null || !failed.has(status),
    payments_outcome_known: ({ outcome }) =>
      outcome === null || outcomes.has(outcome),
    payments_refunded_what_was_captured: ({ captured_at, outcome }) =>
      captured_at !== null || outcome !== "refunded",
    payments_status_known: ({ status }) => statuses.has(status),
  },
};

const load: Twin = function* (run, values) {
  const table = run.table(payments);
  const found = table.findEach(run.tx, uuids(values[0]));
  const rows: object[] = [];
  for (const each of sortedBy(found, ({ row }) => row.id)) {
    const row = yield* table.lock(run, each);
    if (row) rows.push(paymentOf(row));
  }
  return rows;
};

const paymentOf = (row: PaymentRow) => ({
  id: row.id,
  orderId: row.order_id,
  customerId: row.customer_id,
  amount: row.amount,
  currency: row.currency,
  status: row.status,
  authorizationKey: row.authorization_key,
  failureCode: row.failure_code,
  outcome: row.outcome,
  capturedAt: dateOrNull(row.captured_at),
  eventSequence: row.event_sequence,
  createdAt: date(row.created_at),
  updatedAt: date(row.updated_at),
});

function rowsOf(values: readonly unknown[]): PaymentRow[] {
  const [ids, orderIds] = [uuids(values[0]), uuids(values[1])];
  const [customers, amounts] = [orNull.uuids(values[2]), bigints(values[3])];
  const [currencies, statuses] = [texts(values[4]), texts(values[5])];
  const [keys, codes] = [orNull.uuids(values[6]), orNull.texts(values[7])];
  const [outcomes, captured] = [
    orNull.texts(values[8]),
    orNull.times(values[9]),
  ];
  const [sequences, created] = [ints(values[10]), times(values[11])];
  const updated = times(values[12]);
  return rowsFrom(ids, (index) => ({
    id: at(ids, index),
    order_id: at(orderIds, index),
    customer_id: at(customers, index),
    amount: at(amounts, index),
    currency: at(currencies, index),
    status: at(statuses, index),
    authorization_key: at(keys, index),
    failure_code: at(codes, index),
    outcome: at(outcomes, index),
    captured_at: at(captured, index),
    event_sequence: at(sequences, index),
    created_at: at(created, index),
    updated_at: at(updated, index),
  }));
}

/** What was loaded is updated, after everything else is inserted. */
const save: Twin = function* (run, values) {
  const loaded = bools(values[13]);
  const table = run.table(payments);
  const rows = rowsOf(values);
  const changed = rows.flatMap((row, index) => {
    const found = at(loaded, index) && table.find(run.tx, row.id);
    return found ? [{ found, row }] : [];
  });
  const begun = rows.filter((_, index) => !at(loaded, index));
  for (const row of sortedBy(begun, ({ id }) => id))
    yield* table.insert(run, row);
  for (const { found, row } of changed)
    yield* table.update(run, found, (old) => ({
      ...old,
      customer_id: row.customer_id,
      status: row.status,
      failure_code: row.failure_code,
      outcome: row.outcome,
      captured_at: row.captured_at,
      event_sequence: row.event_sequence,
      updated_at: row.updated_at,
    }));
  return [];
};

export const paymentTwins: Twins = {
  "payments-load": load,
  "payments-save": save,
};
