import { get, type Route } from "@cartwright/http/route";
import { ok } from "@cartwright/http/reply";
import type { Clock } from "@cartwright/kernel/clock";
import type { AnalyticsReader } from "../db/analytics-reader.ts";
import type { ArchivedEvent, SalesOfDay } from "../db/generated/client.ts";
import { dayOf } from "../domain/sales.ts";
import {
  eventsQuery,
  eventsView,
  orderParams,
  salesQuery,
  salesView,
} from "./schemas.ts";

export const analyticsRoutes = (
  reader: AnalyticsReader,
  clock: Clock,
): Route[] => [
  get("/api/v1/analytics/sales", {
    summary: "Orders and revenue of one day (UTC), per currency",
    access: "analytics.read",
    query: salesQuery,
    responses: { 200: salesView },
    async handle({ query }) {
      const day =
        query.day === "today" ? dayOf(clock.now().toISOString()) : query.day;
      return ok({ day, sales: (await reader.sales(day)).map(viewOfSales) });
    },
  }),

  get("/api/v1/analytics/orders/:orderId/events", {
    summary: "What happened to an order, in the order it happened",
    access: "analytics.read",
    params: orderParams,
    responses: { 200: eventsView },
    async handle({ params }) {
      const events = await reader.eventsOfOrder(params.orderId);
      return ok({ items: events.map(viewOfEvent) });
    },
  }),

  get("/api/v1/audit/events", {
    summary: "Every event there was, newest first",
    access: "analytics.read",
    query: eventsQuery,
    responses: { 200: eventsView },
    async handle({ query: { cursor, limit, ...where } }) {
      const events = await reader.events(where, { before: cursor, limit });
      const last = events.length === limit ? events.at(-1) : undefined;
      return ok({
        items: events.map(viewOfEvent),
        ...(last && { nextCursor: last.id }),
      });
    },
  }),
];

const viewOfSales = (sales: SalesOfDay) => ({
  currency: sales.currency,
  ordersPlaced: sales.placed,
  ordersConfirmed: sales.confirmed,
  ordersCancelled: sales.cancelled,
  revenue: { amount: Number(sales.revenue), currency: sales.currency },
  refunded: { amount: Number(sales.refunded), currency: sales.currency },
});

const viewOfEvent = ({
  time,
  causationId,
  commandId,
  ...event
}: ArchivedEvent) => ({
  ...event,
  time: time.toISOString(),
  ...(causationId !== null && { causationId }),
  ...(commandId !== null && { commandId }),
});
