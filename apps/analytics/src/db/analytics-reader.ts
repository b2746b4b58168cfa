import type { Database } from "@cartwright/database/open-database";
import { prismaAdapter } from "@cartwright/database/prisma";
import {
  PrismaClient,
  type ArchivedEvent,
  type SalesOfDay,
} from "./generated/client.ts";

export type AnalyticsReader = {
  sales(day: string): Promise<SalesOfDay[]>;
  /** What happened to an order, in the order it happened. */
  eventsOfOrder(orderId: string): Promise<ArchivedEvent[]>;
  /** The archive, newest first, below the event `before`. */
  events(
    where: {
      readonly type?: string | undefined;
      readonly subject?: string | undefined;
    },
    page: { readonly before?: string | undefined; readonly limit: number },
  ): Promise<ArchivedEvent[]>;
};

/** An order has a few dozen events; this bounds what a broken one may cost. */
const eventsPerOrder = 1_000;

export function analyticsReader(db: Database): AnalyticsReader {
  let client: PrismaClient | undefined;
  const prisma = () =>
    (client ??= new PrismaClient({ adapter: prismaAdapter(db) }));
  return {
    sales: (day) =>
      prisma().salesOfDay.findMany({
        where: { day: new Date(`${day}T00:00:00Z`) },
        orderBy: { currency: "asc" },
      }),
    eventsOfOrder: (orderId) =>
      prisma().archivedEvent.findMany({
        where: { key: orderId },
        orderBy: { id: "asc" },
        take: eventsPerOrder,
      }),
    events: ({ type, subject }, { before, limit }) =>
      prisma().archivedEvent.findMany({
        where: {
          ...(type !== undefined && { type }),
          ...(subject !== undefined && { subject }),
          ...(before !== undefined && { id: { lt: before } }),
        },
        orderBy: { id: "desc" },
        take: limit,
      }),
  };
}
