import { insertNotFound, statement, type Tx } from "@cartwright/database/tx";
import type { OrderId, UserId } from "@cartwright/kernel/ids";
import type {
  CancellationOutcome,
  Payment,
  PaymentId,
  PaymentStatus,
} from "../domain/payment.ts";

const load = statement(
  "payments-load",
  `SELECT id, order_id AS "orderId", customer_id AS "customerId", amount, currency, status,
     authorization_key AS "authorizationKey", failure_code AS "failureCode", outcome,
     captured_at AS "capturedAt", event_sequence AS "eventSequence",
     created_at AS "createdAt", updated_at AS "updatedAt"
   FROM payments WHERE id = ANY ($1::uuid[]) ORDER BY id FOR UPDATE`,
);

/** Not an upsert: a row that somebody else has just inserted must not be overwritten unseen. */
const save = insertNotFound(
  "payments-save",
  `WITH rows AS (
     SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::bigint[], $5::text[], $6::text[],
       $7::uuid[], $8::text[], $9::text[], $10::timestamptz[], $11::int[], $12::timestamptz[],
       $13::timestamptz[], $14::bool[])
       AS rows (id, order_id, customer_id, amount, currency, status, authorization_key, failure_code,
         outcome, captured_at, event_sequence, created_at, updated_at, loaded)
   ), updated AS (
     UPDATE payments SET customer_id = rows.customer_id, status = rows.status,
       failure_code = rows.failure_code, outcome = rows.outcome, captured_at = rows.captured_at,
       event_sequence = rows.event_sequence, updated_at = rows.updated_at
     FROM rows WHERE payments.id = rows.id AND rows.loaded
   )
   INSERT INTO payments (id, order_id, customer_id, amount, currency, status, authorization_key,
     failure_code, outcome, captured_at, event_sequence, created_at, updated_at)
   SELECT id, order_id, customer_id, amount, currency, status, authorization_key, failure_code,
     outcome, captured_at, event_sequence, created_at, updated_at
   FROM rows WHERE NOT loaded ORDER BY id`,
);

type Row = {
  readonly id: PaymentId;
  readonly orderId: OrderId;
  readonly customerId: UserId | null;
  readonly amount: number;
  readonly currency: string;
  readonly status: PaymentStatus;
  readonly authorizationKey: string | null;
  readonly failureCode: string | null;
  readonly outcome: CancellationOutcome | null;
  readonly capturedAt: Date | null;
  readonly eventSequence: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
};

const paymentOf = ({ amount, currency, ...row }: Row): Payment => ({
  ...row,
  customerId: row.customerId ?? undefined,
  amount: { amount, currency },
  authorizationKey: row.authorizationKey ?? undefined,
  failureCode: row.failureCode ?? undefined,
  outcome: row.outcome ?? undefined,
  capturedAt: row.capturedAt ?? undefined,
});

export type LoadedPayments = ReadonlyMap<PaymentId, Payment>;

export const paymentStore = {
  /** Locked in the order of their ids; those that are not there yet are missing. */
  async loadMany(tx: Tx, ids: readonly PaymentId[]): Promise<LoadedPayments> {
    const rows = await tx.query<Row>(load, [ids]);
    return new Map(rows.map((row) => [row.id, paymentOf(row)]));
  },

  /** Writes what has changed since `loaded`. */
  saveMany(tx: Tx, loaded: LoadedPayments, payments: Iterable<Payment>): void {
    const changed = [...payments].filter(
      (each) => each !== loaded.get(each.id),
    );
    if (changed.length === 0) return;
    tx.send(save, [
      changed.map(({ id }) => id),
      changed.map(({ orderId }) => orderId),
      changed.map(({ customerId }) => customerId),
      changed.map(({ amount }) => amount.amount),
      changed.map(({ amount }) => amount.currency),
      changed.map(({ status }) => status),
      changed.map(({ authorizationKey }) => authorizationKey),
      changed.map(({ failureCode }) => failureCode),
      changed.map(({ outcome }) => outcome),
      changed.map(({ capturedAt }) => capturedAt),
      changed.map(({ eventSequence }) => eventSequence),
      changed.map(({ createdAt }) => createdAt),
      changed.map(({ updatedAt }) => updatedAt),
      changed.map(({ id }) => loaded.has(id)),
    ]);
  },
};
