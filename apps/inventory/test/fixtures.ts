import {
  releaseInventory,
  reserveInventory,
} from "@cartwright/contracts/inventory";
import { orderConfirmed } from "@cartwright/contracts/order";
import { newId } from "@cartwright/kernel/ids";
import { money } from "@cartwright/kernel/money";
import {
  testService,
  type TestService,
} from "@cartwright/testing/test-service";
import { stockStore } from "../src/db/stock-store.ts";
import { inventoryService } from "../src/inventory-service.ts";

export const anInventory = () => testService(inventoryService);

/** Clears the shelves and everything that was said, and puts these units there. */
export async function stock(
  { platform: { db } }: TestService,
  units: Readonly<Record<string, number>>,
): Promise<void> {
  await db.query(
    `WITH said AS (DELETE FROM outbox), held AS (DELETE FROM reservations)
     DELETE FROM stock`,
  );
  await stockStore.fillEmpty(db, units);
}

export const reserve = (
  orderId: string,
  units: Readonly<Record<string, number>>,
) =>
  reserveInventory({
    orderId,
    lines: Object.entries(units).map(([sku, quantity]) => ({ sku, quantity })),
  });

export const release = (orderId: string) => releaseInventory({ orderId });

export const confirm = (orderId: string) => ({
  ...orderConfirmed({
    orderId,
    orderNumber: "CW-1",
    customerId: newId(),
    items: [
      {
        productId: newId(),
        sku: "MUG",
        name: "Mug",
        quantity: 1,
        unitPrice: money(990, "EUR"),
      },
    ],
    totalAmount: money(990, "EUR"),
    confirmedAt: "2026-05-01T10:00:00.000Z",
  }),
  sequence: 1,
});

/** What lies where, as the database has it. */
export async function piles({ platform }: TestService, sku: string) {
  const [row] = await platform.db.query<{
    available: number;
    reserved: number;
    sold: number;
  }>("SELECT available, reserved, sold FROM stock WHERE sku = $1", [sku]);
  return row;
}
