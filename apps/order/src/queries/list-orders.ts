import { statement, type Queryable } from "@cartwright/database/tx";
import { orderColumns, toOrder, type OrderRow } from "../db/order-mapper.ts";
import type { Order } from "../domain/order.ts";
import type { Reader } from "./get-order.ts";

/** Ids are UUIDv7, so the newest come first without a further column. */
const page = statement(
  "orders-page",
  `SELECT ${orderColumns} FROM orders
   WHERE ($1::uuid IS NULL OR customer_id = $1) AND ($2::uuid IS NULL OR id < $2)
   ORDER BY id DESC LIMIT $3`,
);

export type OrderPage = {
  readonly items: readonly Order[];
  readonly nextCursor?: string;
};

/** A page of orders, newest first; `after` is the cursor of the page before. */
export async function listOrders(
  db: Queryable,
  { customerId }: Reader,
  {
    after,
    limit,
  }: { readonly after: string | undefined; readonly limit: number },
): Promise<OrderPage> {
  const rows = await db.query<OrderRow>(page, [
    customerId,
    after ?? null,
    limit + 1,
  ]);
  const items = rows.slice(0, limit).map(toOrder);
  const last = items.at(-1);
  return rows.length > limit && last
    ? { items, nextCursor: last.id }
    : { items };
}
