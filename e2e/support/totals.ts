import type { Platform } from "./platform.ts";

/** What must hold once every order has ended: each query returns the rows that contradict its sentence. */
const rules: readonly (readonly [sentence: string, contradictions: string])[] =
  [
    [
      "every order has ended",
      `SELECT id, status FROM "order".orders WHERE status IN ('pending', 'cancelling')`,
    ],
    [
      "no saga is under way",
      `SELECT id, saga, status, step FROM "order".saga_instances WHERE status NOT IN ('completed', 'compensated')`,
    ],
    [
      "no unit is reserved",
      `SELECT sku, reserved FROM inventory.stock WHERE reserved <> 0`,
    ],
    [
      "what is sold is what confirmed orders bought",
      `SELECT coalesce(stock.sku, bought.sku) AS sku, sold, units
     FROM inventory.stock FULL JOIN (
       SELECT item ->> 'sku' AS sku, sum((item ->> 'quantity')::int)::int AS units
       FROM "order".orders, json_array_elements(items) AS item
       WHERE status <> 'cancelled' GROUP BY 1
     ) AS bought ON bought.sku = stock.sku
     WHERE coalesce(sold, 0) <> coalesce(units, 0)`,
    ],
    [
      "each confirmed order is paid once, in full, and no cancelled one is",
      `SELECT orders.id, orders.status, payments.status AS payment, payments.amount
     FROM "order".orders LEFT JOIN payment.payments ON payments.order_id = orders.id
     WHERE (orders.status <> 'cancelled') <> (payments.status IS NOT DISTINCT FROM 'captured')
        OR (payments.status = 'captured' AND payments.amount <> orders.total_amount)`,
    ],
    [
      "the provider's ledger says what ours says",
      `SELECT coalesce(ours.kind, theirs.kind) AS kind, ours.count AS ours, theirs.count AS theirs,
            ours.amount AS our_amount, theirs.amount AS their_amount
     FROM (SELECT kind, count(*), sum(amount) AS amount FROM payment.ledger_transfers GROUP BY kind) AS ours
     FULL JOIN (SELECT kind, count(*), sum(amount) AS amount FROM payment_provider.ledger_entries GROUP BY kind) AS theirs
       ON theirs.kind = ours.kind
     WHERE (ours.count, ours.amount) IS DISTINCT FROM (theirs.count, theirs.amount)`,
    ],
    [
      "the provider holds no money of a cancelled order",
      `SELECT authorizations.key, authorizations.status
     FROM payment.payments JOIN payment_provider.authorizations
       ON authorizations.key = payments.authorization_key::text
     WHERE payments.status = 'cancelled' AND authorizations.status IN ('pending', 'authorized', 'captured')`,
    ],
    [
      "the money taken is the price of the confirmed orders",
      `SELECT taken, due FROM
       (SELECT coalesce(sum(CASE kind WHEN 'capture' THEN amount ELSE -amount END), 0) AS taken
        FROM payment_provider.ledger_entries) AS money,
       (SELECT coalesce(sum(total_amount), 0) AS due FROM "order".orders WHERE status <> 'cancelled') AS orders
     WHERE taken <> due`,
    ],
    [
      "each confirmed order has a parcel, and no cancelled one has",
      `SELECT orders.id, orders.status, shipments.status AS shipment
     FROM "order".orders LEFT JOIN shipping.shipments ON shipments.order_id = orders.id
     WHERE (orders.status <> 'cancelled') <>
       coalesce(shipments.status IN ('held', 'dispatchable', 'dispatched', 'delivered'), false)`,
    ],
    [
      "each order's end is told to its customer once",
      `SELECT orders.id, orders.status, deliveries.status AS delivery
     FROM "order".orders LEFT JOIN notification.deliveries
       ON deliveries.order_id = orders.id
       AND deliveries.template = CASE orders.status WHEN 'cancelled' THEN 'order-cancelled' ELSE 'order-confirmed' END
     WHERE deliveries.status IS DISTINCT FROM 'sent'`,
    ],
    [
      "the archive has the events of every order",
      `SELECT archived.*, orders.* FROM
       (SELECT count(*) FILTER (WHERE type = 'order.OrderCreated.v1') AS created,
               count(*) FILTER (WHERE type = 'order.OrderConfirmed.v1') AS confirmed,
               count(*) FILTER (WHERE type = 'order.OrderCancelled.v1') AS cancelled
        FROM analytics.event_archive) AS archived,
       (SELECT count(*) AS placed, count(confirmed_at) AS sold, count(cancelled_at) AS undone
        FROM "order".orders) AS orders
     WHERE (created, confirmed, cancelled) IS DISTINCT FROM (placed, sold, undone)`,
    ],
    [
      "the books count every order",
      `SELECT books.*, orders.* FROM
       (SELECT coalesce(sum(placed), 0) AS counted, coalesce(sum(revenue), 0) AS revenue
        FROM analytics.sales_by_day) AS books,
       (SELECT count(*) AS placed, coalesce(sum(total_amount) FILTER (WHERE status <> 'cancelled'), 0) AS due
        FROM "order".orders) AS orders
     WHERE (counted, revenue) IS DISTINCT FROM (placed, due)`,
    ],
  ];

/** Sentences that do not hold, each with an example. `accepted`: how many orders were answered with 202. */
export async function differences(
  { sql }: Pick<Platform, "sql">,
  accepted?: number,
): Promise<string[]> {
  const found: string[] = [];
  for (const [sentence, contradictions] of rules) {
    const rows = await sql(contradictions);
    if (rows.length > 0) {
      found.push(
        `not so: ${sentence}: ${rows.length} rows, such as ${JSON.stringify(rows[0])}`,
      );
    }
  }
  const [row] = await sql<{ placed: number }>(
    `SELECT count(*)::int AS placed FROM "order".orders`,
  );
  if (accepted !== undefined && row?.placed !== accepted) {
    found.push(
      `not so: ${accepted} orders were accepted and ${row?.placed} are there`,
    );
  }
  return found;
}

/** Those of the orders that have not come to an end, and those that are not there at all. */
export async function openOrders(
  { sql }: Pick<Platform, "sql">,
  orderIds: readonly string[],
): Promise<string[]> {
  const rows = await sql<{ id: string }>(
    `SELECT wanted.id FROM unnest($1::uuid[]) AS wanted (id)
     LEFT JOIN "order".orders ON orders.id = wanted.id
     WHERE orders.status IS NULL OR orders.status IN ('pending', 'cancelling')`,
    [orderIds],
  );
  return rows.map(({ id }) => id);
}
