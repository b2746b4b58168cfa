import { serviceNames } from "@cartwright/contracts/services";
import type { Platform } from "../support/platform.ts";
import type { History } from "./history.ts";
import type {
  EffectRow,
  Evidence,
  InboxRow,
  MoneyRow,
  OrderRow,
  SequenceRow,
  StockRow,
} from "./invariants/evidence.ts";
import { committedMessages } from "./outbox-history.ts";
import { allSubscriptions } from "./subscriptions.ts";
import type { TopicRow } from "./topic-reader.ts";

const milliseconds = (column: string): string =>
  `(extract(epoch FROM ${column}) * 1000)::float8`;

const orders = `SELECT id, customer_id AS "customerId", status, total_amount::float8 AS total, items,
  ${milliseconds("created_at")} AS "createdAt", ${milliseconds("coalesce(cancelled_at, confirmed_at)")} AS "endedAt"
  FROM "order".orders`;

const openSagas = `SELECT key, saga || ' ' || coalesce(step, '') || ' ' || status AS step
  FROM "order".saga_instances WHERE status NOT IN ('completed', 'compensated')`;

const stock = `SELECT sku, initial, restocked, available, reserved, sold FROM inventory.stock`;

const reservations = `SELECT order_id AS "orderId", status FROM inventory.reservations`;

const payments = `SELECT id, order_id AS "orderId" FROM payment.payments`;

const ourLedger = `SELECT payment_id AS "paymentId", kind, amount::float8 AS amount,
  debit_account AS debit, credit_account AS credit FROM payment.ledger_transfers`;

const providerLedger = `SELECT reference AS "paymentId", kind, amount::float8 AS amount
  FROM payment_provider.ledger_entries`;

const effects = `SELECT 'reservation' AS effect, order_id::text AS key FROM inventory.reservations
  UNION ALL SELECT 'payment', order_id::text FROM payment.payments
  UNION ALL SELECT 'authorization', reference FROM payment_provider.authorizations
  UNION ALL SELECT 'parcel', order_id::text FROM shipping.shipments
  UNION ALL SELECT 'mail', order_id || ' ' || subject FROM notification.mails`;

const perService = (query: (schema: string) => string): string =>
  serviceNames.map(query).join(" UNION ALL ");

/** The archive is the inbox of whom it belongs to. */
const inboxes = `${perService(
  (
    schema,
  ) => `SELECT consumer, message_id AS id, NULL::int AS attempt FROM "${schema}".inbox
    UNION ALL SELECT consumer, command_id, attempt FROM "${schema}".command_inbox`,
)} UNION ALL SELECT 'analytics', id, NULL FROM analytics.event_archive`;
const sequences = perService(
  (schema) => `SELECT consumer, subject, last FROM "${schema}".sequences`,
);
const parked = perService(
  (schema) => `SELECT consumer, key FROM "${schema}".parked_messages
    UNION ALL SELECT consumer, key FROM "${schema}".parked_keys`,
);
const archived = `SELECT id FROM analytics.event_archive`;

/** Reads everything once all is quiet. */
export async function collect(
  platform: Pick<Platform, "sql">,
  known: {
    readonly history: History;
    readonly published: readonly TopicRow[];
    readonly watchedSince: number;
    readonly lastFaultAt: number;
  },
): Promise<Evidence> {
  const { sql } = platform;
  return {
    ...known,
    subscriptions: allSubscriptions,
    orders: await sql<OrderRow>(orders),
    openSagas: await sql<Evidence["openSagas"][number]>(openSagas),
    stock: await sql<StockRow>(stock),
    reservations: await sql<Evidence["reservations"][number]>(reservations),
    payments: await sql<Evidence["payments"][number]>(payments),
    ourLedger: await sql<Evidence["ourLedger"][number]>(ourLedger),
    providerLedger: await sql<MoneyRow>(providerLedger),
    effects: await sql<EffectRow>(effects),
    committed: await committedMessages(platform),
    inboxes: await sql<InboxRow>(inboxes),
    sequences: await sql<SequenceRow>(sequences),
    parked: await sql<Evidence["parked"][number]>(parked),
    archived: await sql<Evidence["archived"][number]>(archived),
  };
}
