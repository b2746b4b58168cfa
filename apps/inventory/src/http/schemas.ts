import { idParam } from "@cartwright/http/id-param";
import { z } from "zod";

const sku = z.string().min(1).max(100);

/** Beyond this an adjustment is a slip of the keyboard. */
const mostUnits = 1_000_000;

export const itemsQuery = z.strictObject({
  /** The last sku of the page before. */
  cursor: sku.optional(),
  limit: z.coerce.number().int().min(1).max(100).default(50),
});

export const skuParams = z.object({ sku });

export const adjustmentBody = z.strictObject({
  delta: z
    .int()
    .min(-mostUnits)
    .max(mostUnits)
    .refine((delta) => delta !== 0, "An adjustment changes something."),
  reason: z.string().trim().min(1).max(200),
});

export const orderParams = z.object({ orderId: idParam });

const units = z.int().nonnegative();

export const itemView = z.object({
  sku,
  warehouse: z.string(),
  available: units,
  reserved: units,
  sold: units,
  lowStockThreshold: units,
});

export const itemsView = z.object({
  items: z.array(itemView),
  nextCursor: z.string().optional(),
});

export const availabilityView = z.object({ sku, available: units });

export const reservationView = z.object({
  reservationId: z.guid(),
  orderId: z.guid(),
  status: z.enum(["reserved", "sold", "rejected", "released"]),
  lines: z.array(z.object({ sku, quantity: z.int().positive() })),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});

export const warehousesView = z.object({
  items: z.array(z.object({ warehouseId: z.string(), name: z.string() })),
});
