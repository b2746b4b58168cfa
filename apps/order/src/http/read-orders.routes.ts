import type { Queryable } from "@cartwright/database/tx";
import { ok } from "@cartwright/http/reply";
import { get } from "@cartwright/http/route";
import { getOrder, getTimeline } from "../queries/get-order.ts";
import { listOrders } from "../queries/list-orders.ts";
import { readerOf } from "./reader.ts";
import {
  listQuery,
  orderPage,
  orderParams,
  orderView,
  timelineView,
  viewOf,
} from "./schemas.ts";

export const readOrdersRoutes = (db: Queryable) => [
  get("/api/v1/orders", {
    summary: "Orders, newest first: your own, or everybody's for staff",
    access: "orders.read",
    query: listQuery,
    responses: { 200: orderPage },
    handle: async ({ query: { cursor, limit, status, customerId }, user }) => {
      const reader = readerOf(user, customerId);
      const page = { status, after: cursor, limit };
      const { items, nextCursor } = await listOrders(db, reader, page);
      return ok({ items: items.map(viewOf), nextCursor });
    },
  }),
  get("/api/v1/orders/:orderId", {
    summary: "One order",
    access: "orders.read",
    params: orderParams,
    responses: { 200: orderView },
    refusals: ["not-found"],
    handle: async ({ params, user }) =>
      ok(viewOf(await getOrder(db, params.orderId, readerOf(user)))),
  }),
  get("/api/v1/orders/:orderId/timeline", {
    summary: "What happened to an order, step by step",
    access: "orders.read",
    params: orderParams,
    responses: { 200: timelineView },
    refusals: ["not-found"],
    handle: async ({ params, user }) => {
      const order = await getOrder(db, params.orderId, readerOf(user));
      return ok({ items: await getTimeline(db, order) });
    },
  }),
];
