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

/**
 * There is no index on the status: it moves several times in an order's life, and an index would make each
 * of these updates write to all indexes. So one page looks at so many orders, and the next goes on from there.
 */
export const lookedAt = 10_000;

const candidates = `FROM orders
   WHERE ($1::uuid IS NULL OR customer_id = $1) AND ($2::uuid IS NULL OR id < $2)
   ORDER BY id DESC`;

const pageOfStatus = statement(
  "orders-page-of-status",
  `SELECT ${orderColumns} FROM (SELECT ${orderColumns} ${candidates} LIMIT ${lookedAt}) AS looked
   WHERE status = $4 ORDER BY id DESC LIMIT $3`,
);

const lastLookedAt = statement(
  "orders-last-looked-at",
  `SELECT id ${candidates} OFFSET ${lookedAt - 1} LIMIT 1`,
);

export type OrderPage = {
  readonly items: readonly Order[];
  readonly nextCursor?: string;
};

type PageRequest = {
  readonly status?: Order["status"] | undefined;
  readonly after: string | undefined;
  readonly limit: number;
};

/** A page of orders, newest first; `after` is the cursor of the page before. */
export async function listOrders(
  db: Queryable,
  { customerId }: Reader,
  { status, after, limit }: PageRequest,
): Promise<OrderPage> {
  const from = [customerId, after ?? null];
  const rows = await (status === undefined
    ? db.query<OrderRow>(page, [...from, limit + 1])
    : db.query<OrderRow>(pageOfStatus, [...from, limit + 1, status]));
  const items = rows.slice(0, limit).map(toOrder);
  const last = items.at(-1);
  if (rows.length > limit && last) return { items, nextCursor: last.id };
  if (status === undefined) return { items };
  const [looked] = await db.query<{ id: string }>(lastLookedAt, from);
  return looked ? { items, nextCursor: looked.id } : { items };
}
