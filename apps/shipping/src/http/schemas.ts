import {
  addressShape,
  countryShape,
  moneyShape,
} from "@cartwright/contracts/shapes";
import { idParam } from "@cartwright/http/id-param";
import { z } from "zod";

export const shipmentParams = z.object({ shipmentId: idParam });

export const shipmentsQuery = z.strictObject({
  orderId: idParam.optional(),
  /** The last shipment of the page before. */
  cursor: idParam.optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
});

export const ratesQuery = z.strictObject({ country: countryShape });

const status = z.enum([
  "requested",
  "held",
  "dispatchable",
  "dispatched",
  "delivered",
  "rejected",
  "cancelled",
]);

export const shipmentView = z.object({
  shipmentId: z.guid(),
  orderId: z.guid(),
  status,
  customerId: z.guid().optional(),
  lines: z
    .array(z.object({ sku: z.string(), quantity: z.int().positive() }))
    .optional(),
  address: addressShape.optional(),
  carrier: z.string().optional(),
  trackingNumber: z.string().optional(),
  /** Why it was refused. */
  code: z.string().optional(),
  createdAt: z.iso.datetime().optional(),
});

export const shipmentsView = z.object({
  items: z.array(shipmentView),
  nextCursor: z.string().optional(),
});

export const trackingView = z.object({
  shipmentId: z.guid(),
  status,
  carrier: z.string().optional(),
  trackingNumber: z.string().optional(),
  /** Oldest first. */
  history: z.array(z.object({ status, at: z.iso.datetime() })),
});

export const ratesView = z.object({
  items: z.array(
    z.object({
      service: z.enum(["standard", "express"]),
      price: moneyShape,
      minDays: z.int(),
      maxDays: z.int(),
    }),
  ),
});

export const addressCheckView = z.object({
  deliverable: z.boolean(),
  /** Why not. */
  code: z.string().optional(),
});
