import * as inventory from "@cartwright/contracts/inventory";
import * as payment from "@cartwright/contracts/payment";
import { derivedId } from "@cartwright/kernel/ids";
import { money } from "@cartwright/kernel/money";

const at = "2026-01-01T10:00:00.000Z";

/** What participants would say about an order. */
export const says = {
  reserved: (orderId: string) =>
    inventory.inventoryReserved({
      orderId,
      reservationId: derivedId("reservation", orderId),
      lines: [{ sku: "MUG", quantity: 1 }],
      reservedAt: at,
    }),
  outOfStock: (orderId: string) =>
    inventory.inventoryReservationRejected({
      orderId,
      code: "out-of-stock",
      shortages: [{ sku: "MUG", requested: 1, available: 0 }],
      rejectedAt: at,
    }),
  released: (orderId: string) =>
    inventory.inventoryReleased({ orderId, lines: [], releasedAt: at }),
  captured: (orderId: string) =>
    payment.paymentProcessed({
      orderId,
      paymentId: derivedId("payment", orderId),
      amount: money(1250, "EUR"),
      processedAt: at,
    }),
};
