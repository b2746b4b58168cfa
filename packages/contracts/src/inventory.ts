import { z } from "zod";
import { defineCommand, defineEvent } from "./define.ts";
import { idShape, stockLineShape, timeShape } from "./shapes.ts";

const reservation = [
  "reservation",
  (data: { orderId: string }) => data.orderId,
] as const;
const lines = z.array(stockLineShape).min(1);

export const inventoryReserved = defineEvent("inventory.InventoryReserved.v1", {
  data: z.object({
    orderId: idShape,
    reservationId: idShape,
    lines,
    reservedAt: timeShape,
  }),
  subject: reservation,
});

export const inventoryReservationRejected = defineEvent(
  "inventory.InventoryReservationRejected.v1",
  {
    data: z.object({
      orderId: idShape,
      /** `out-of-stock`, `unknown-sku` or `released` when the release came first. */
      code: z.string(),
      shortages: z.array(
        z.object({ sku: z.string(), requested: z.int(), available: z.int() }),
      ),
      rejectedAt: timeShape,
    }),
    subject: reservation,
  },
);

export const inventoryReleased = defineEvent("inventory.InventoryReleased.v1", {
  /** `lines` is empty when nothing had been reserved. */
  data: z.object({
    orderId: idShape,
    lines: z.array(stockLineShape),
    releasedAt: timeShape,
  }),
  subject: reservation,
});

export const stockLevelChanged = defineEvent("inventory.StockLevelChanged.v1", {
  data: z.object({
    sku: z.string().min(1),
    warehouse: z.string().min(1),
    /** Units added (or, negative, removed) by this adjustment. */
    delta: z.int(),
    available: z.int().nonnegative(),
    reserved: z.int().nonnegative(),
    reason: z.string(),
    at: timeShape,
  }),
  subject: ["stock", (data) => data.sku],
});

export const lowStockAlert = defineEvent("inventory.LowStockAlert.v1", {
  data: z.object({
    sku: z.string().min(1),
    available: z.int().nonnegative(),
    threshold: z.int().nonnegative(),
    at: timeShape,
  }),
  subject: ["stock", (data) => data.sku],
});

const commandSubject = [
  "order",
  (data: { orderId: string }) => data.orderId,
] as const;

export const reserveInventory = defineCommand("inventory.ReserveInventory.v1", {
  data: z.object({ orderId: idShape, lines }),
  done: inventoryReserved,
  refused: inventoryReservationRejected,
  subject: commandSubject,
});

export const releaseInventory = defineCommand("inventory.ReleaseInventory.v1", {
  data: z.object({ orderId: idShape }),
  done: inventoryReleased,
  undoes: [reserveInventory],
  subject: commandSubject,
});
