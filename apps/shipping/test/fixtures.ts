import { orderConfirmed } from "@cartwright/contracts/order";
import { cancelShipment, createShipment } from "@cartwright/contracts/shipping";
import { newId } from "@cartwright/kernel/ids";
import { money } from "@cartwright/kernel/money";
import type { Address } from "../src/domain/shipment.ts";
import { deliverable } from "./carrier-conformance.ts";

const lines = [{ sku: "MUG", quantity: 2 }];

export const create = (
  orderId: string,
  {
    customerId = newId(),
    address = deliverable,
  }: { customerId?: string; address?: Address } = {},
) => createShipment({ orderId, customerId, lines, address: { ...address } });

export const cancel = (orderId: string) => cancelShipment({ orderId });

export const confirm = (orderId: string) => ({
  ...orderConfirmed({
    orderId,
    orderNumber: "CW-1",
    customerId: newId(),
    items: [
      {
        ...{ productId: newId(), sku: "MUG", name: "Mug", quantity: 1 },
        unitPrice: money(990, "EUR"),
      },
    ],
    totalAmount: money(990, "EUR"),
    confirmedAt: "2026-05-01T10:00:00.000Z",
  }),
  sequence: 1,
});
