import { statement, type Queryable } from "@cartwright/database/tx";
import { orderColumns, toOrder, type OrderRow } from "../db/order-mapper.ts";
import type { Order } from "../domain/order.ts";
import type { Reader } from "./get-order.ts";

/**
 * There is no index on the status: it moves several times in an order's life, and an index would make each
 * of these updates write to all indexes. So one page looks at so many orders, and the next goes on from there.
 */
export const lookedAt = 10_000;

/**
 * Those of a customer by statements of their own: one for both, with a condition that may be absent, is planned for everybody's sooner or
 * later, and then looks for a customer's among them. Ids are UUIDv7, so the newest come first without a further column.
 */
const everybodys = "$1::uuid IS NULL";
const customers = "customer_id = $1::uuid";

const candidates = (whose: string) => `FROM orders
   WHERE ${whose} AND id < coalesce($2::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
   ORDER BY id DESC`;

const page = (whose: string) =>
  `SELECT ${orderColumns} ${candidates(whose)} LIMIT $3`;

const pageOfStatus = (whose: string) =>
  `SELECT ${orderColumns} FROM (SELECT ${orderColumns} ${candidates(whose)} LIMIT ${lookedAt}) AS looked
   WHERE status = $4 ORDER BY id DESC LIMIT $3`;

const lastLookedAt = (whose: string) =>
  `SELECT id ${candidates(whose)} OFFSET ${lookedAt - 1} LIMIT 1`;

const amongAll = {
  page: statement("orders-page", page(everybodys)),
  pageOfStatus: statement("orders-page-of-status", pageOfStatus(everybodys)),
  lastLookedAt: statement("orders-last-looked-at", lastLookedAt(everybodys)),
};

const amongTheirs = {
  page: statement("customer-page", page(customers)),
  pageOfStatus: statement("customer-page-of-status", pageOfStatus(customers)),
  lastLookedAt: statement("customer-last-looked-at", lastLookedAt(customers)),
};

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
  const among = customerId === null ? amongAll : amongTheirs;
  const from = [customerId, after ?? null];
  const rows = await (status === undefined
    ? db.query<OrderRow>(among.page, [...from, limit + 1])
    : db.query<OrderRow>(among.pageOfStatus, [...from, limit + 1, status]));
  const items = rows.slice(0, limit).map(toOrder);
  const last = items.at(-1);
  if (rows.length > limit && last) return { items, nextCursor: last.id };
  if (status === undefined) return { items };
  const [looked] = await db.query<{ id: string }>(among.lastLookedAt, from);
  return looked ? { items, nextCursor: looked.id } : { items };
}
