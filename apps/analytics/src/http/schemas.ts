import { idParam } from "@cartwright/http/id-param";
import { z } from "zod";

export const salesQuery = z.strictObject({
  /** `today` or a date, UTC. */
  day: z.union([z.literal("today"), z.iso.date()]).default("today"),
});

export const salesView = z.object({
  day: z.iso.date(),
  sales: z.array(
    z.object({
      currency: z.string(),
      ordersPlaced: z.int(),
      ordersConfirmed: z.int(),
      ordersCancelled: z.int(),
      /** What was confirmed, less what was cancelled after that. */
      revenue: z.object({ amount: z.int(), currency: z.string() }),
      /** Given back by staff while the orders stayed; what is left is `revenue` less this. */
      refunded: z.object({ amount: z.int(), currency: z.string() }),
    }),
  ),
});

export const orderParams = z.object({ orderId: idParam });

export const eventView = z.object({
  id: z.guid(),
  type: z.string(),
  source: z.string(),
  subject: z.string(),
  key: z.string(),
  sequence: z.int(),
  time: z.iso.datetime(),
  correlationId: z.string(),
  causationId: z.string().optional(),
  /** On an answer: the command that it settles. */
  commandId: z.string().optional(),
  data: z.unknown(),
});

export const eventsQuery = z.strictObject({
  /** The id of the last event of the page before. */
  cursor: idParam.optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
  type: z.string().max(200).optional(),
  subject: z.string().max(200).optional(),
});

export const eventsView = z.object({
  items: z.array(eventView),
  nextCursor: z.string().optional(),
});
