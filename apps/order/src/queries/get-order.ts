import { statement, type Queryable } from "@cartwright/database/tx";
import { readOrderNumber } from "@cartwright/kernel/order-number";
import { Refusal } from "@cartwright/kernel/refusal";
import type { LoggedLine } from "@cartwright/saga/saga-reader";
import { sagaStore } from "@cartwright/saga/saga-store";
import { orderColumns, toOrder, type OrderRow } from "../db/order-mapper.ts";
import type { Order } from "../domain/order.ts";

const find = statement(
  "orders-find",
  `SELECT ${orderColumns} FROM orders WHERE id = $1`,
);

const findByNumber = statement(
  "orders-find-by-number",
  `SELECT ${orderColumns} FROM orders WHERE number = $1`,
);

/** Whose orders the reader may see: one customer's, or (null) everybody's. */
export type Reader = { readonly customerId: string | null };

/** The order by its id or number; somebody else's is as good as none. */
export async function getOrder(
  db: Queryable,
  idOrNumber: string,
  reader: Reader,
): Promise<Order> {
  const by = readOrderNumber(idOrNumber) === undefined ? find : findByNumber;
  const [row] = await db.query<OrderRow>(by, [idOrNumber]);
  const visible =
    row &&
    (reader.customerId === null || row.customer_id === reader.customerId);
  if (!visible) throw new Refusal("not-found", "There is no such order.");
  return toOrder(row);
}

/** What happened to the order, oldest first: its saga's story and the parcel's. */
export async function getTimeline(db: Queryable, order: Order) {
  const story = await sagaStore.log(db, order.id);
  const parcel = [
    { saga: "order", entry: "shipped", at: order.shippedAt },
    { saga: "order", entry: "delivered", at: order.deliveredAt },
    { saga: "order", entry: "completed", at: order.completedAt },
  ].flatMap(({ at, ...rest }) =>
    at === null ? [] : [{ ...rest, step: null, detail: null, at }],
  );
  return [...story, ...parcel]
    .sort((one, other) => one.at.getTime() - other.at.getTime())
    .map(({ saga, step, entry, detail, at }, index) => ({
      sequence: index + 1,
      at: at.toISOString(),
      saga,
      step,
      entry,
      detail: operatorEntries.has(entry) ? null : detail,
    }));
}

/** Who acted and why is for operators; the customer sees that it was done. */
const operatorEntries: ReadonlySet<string> = new Set<LoggedLine["entry"]>([
  "retried",
  "skipped",
  "compensation-forced",
  "closed",
]);
