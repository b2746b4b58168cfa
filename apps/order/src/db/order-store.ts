import type { Cause } from "@cartwright/contracts/message";
import { statement, type Tx } from "@cartwright/database/tx";
import type { OrderId } from "@cartwright/kernel/ids";
import type { Outbox, Outgoing } from "@cartwright/messaging/outbox";
import type { Decision, Order } from "../domain/order.ts";
import {
  orderColumns,
  toChanges,
  toColumns,
  toOrder,
  type OrderRow,
} from "./order-mapper.ts";
import { publish } from "./order-publisher.ts";

const insert = statement(
  "orders-insert",
  `INSERT INTO orders (id, number, customer_id, status, items, total_amount, currency,
     shipping_address, event_sequence, created_at)
   SELECT * FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::text[], $5::json[], $6::bigint[], $7::text[],
     $8::json[], $9::int[], $10::timestamptz[])`,
);

const lockMany = statement(
  "orders-lock",
  `SELECT ${orderColumns} FROM orders WHERE id = ANY ($1::uuid[]) ORDER BY id FOR UPDATE`,
);

const update = statement(
  "orders-update",
  `UPDATE orders SET status = rows.status, cancellation_reason = rows.cancellation_reason,
     tracking_number = rows.tracking_number, event_sequence = rows.event_sequence,
     confirmed_at = rows.confirmed_at, cancelled_at = rows.cancelled_at, shipped_at = rows.shipped_at,
     delivered_at = rows.delivered_at, completed_at = rows.completed_at
   FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::int[], $6::timestamptz[],
       $7::timestamptz[], $8::timestamptz[], $9::timestamptz[], $10::timestamptz[])
     AS rows (id, status, cancellation_reason, tracking_number, event_sequence, confirmed_at,
       cancelled_at, shipped_at, delivered_at, completed_at)
   WHERE orders.id = rows.id`,
);

/** What was decided about an order, and the message or request that led to it. */
export type Decided = Decision & { readonly cause: Cause };

/** An order under lock, with the number of events it has published. */
type Stored = { readonly order: Order; readonly sequence: number };

type Change = {
  readonly id: OrderId;
  readonly cause: Cause;
  readonly decide: (order: Order) => Decision;
};

export type OrderStore = {
  insertMany(tx: Tx, placed: readonly Decided[]): void;
  /**
   * Loads the orders locked, in the order of their ids, hands each through `decide` and saves what
   * came out: rows and events, inseparably. Unknown ids are passed over.
   */
  change(tx: Tx, changes: readonly Change[]): Promise<void>;
  /** Those of the orders that there are, locked, in the order of their ids. */
  lockMany(tx: Tx, ids: readonly OrderId[]): Promise<Order[]>;
};

export const orderStore = (outbox: Outbox): OrderStore => ({
  insertMany(tx, placed) {
    const rows = placed.map(({ order, events }) => ({
      order,
      sequence: events.length,
    }));
    const events = placed.flatMap((decided) => outgoing(decided, 0));
    tx.send(insert, toColumns(rows));
    outbox.append(tx, events);
  },

  async change(tx, changes) {
    const ids = new Set(changes.map(({ id }) => id));
    const rows = await tx.query<OrderRow>(lockMany, [[...ids]]);
    const { stored, events } = fold(rows, changes);
    tx.send(update, toChanges(stored));
    outbox.append(tx, events);
  },

  lockMany: async (tx, ids) =>
    (await tx.query<OrderRow>(lockMany, [ids])).map(toOrder),
});

/** Applies the changes in their order, each to what the one before has left. */
function fold(rows: readonly OrderRow[], changes: readonly Change[]) {
  const stored = new Map<OrderId, Stored>(
    rows.map((row) => [
      row.id,
      { order: toOrder(row), sequence: row.event_sequence },
    ]),
  );
  const events = changes.flatMap(({ id, cause, decide }) => {
    const now = stored.get(id);
    if (now === undefined) return [];
    const { order, events } = decide(now.order);
    stored.set(id, { order, sequence: now.sequence + events.length });
    return outgoing({ order, events, cause }, now.sequence);
  });
  return { stored: [...stored.values()], events };
}

/** The order's next events, counted on from those it has published. */
const outgoing = ({ events, cause }: Decided, published: number): Outgoing[] =>
  events.map((event, index) => ({
    draft: publish(event),
    sequence: published + index + 1,
    cause,
  }));
