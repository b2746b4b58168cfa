import * as contracts from "@cartwright/contracts/order";
import type { Draft } from "@cartwright/contracts/message";
import { unreachable } from "@cartwright/kernel/exhaustive";
import type { OrderEvent } from "../domain/events.ts";
import type { Order } from "../domain/order.ts";

/** A domain event in its published form. */
export function publish({ kind, order }: OrderEvent): Draft {
  const { id: orderId, customerId } = order;
  switch (kind) {
    case "created":
      return contracts.orderCreated({
        ...contents(order),
        createdAt: iso(order.createdAt),
      });
    case "confirmed":
      return contracts.orderConfirmed({
        ...contents(order),
        confirmedAt: iso(order.confirmedAt),
      });
    case "cancelled":
      return contracts.orderCancelled({
        orderId,
        customerId,
        orderNumber: order.number,
        totalAmount: order.total,
        reason: order.cancellationReason ?? "unknown",
        wasConfirmed: order.confirmedAt !== null,
        cancelledAt: iso(order.cancelledAt),
      });
    case "shipped":
      return contracts.orderShipped({
        orderId,
        customerId,
        trackingNumber: order.trackingNumber ?? "",
        shippedAt: iso(order.shippedAt),
      });
    case "completed":
      return contracts.orderCompleted({
        orderId,
        customerId,
        completedAt: iso(order.completedAt),
      });
    default:
      return unreachable(kind);
  }
}

const contents = ({ id, number, customerId, items, total }: Order) => ({
  orderId: id,
  orderNumber: number,
  customerId,
  items: [...items],
  totalAmount: total,
});

/** The event says that it happened, so the time is there. */
const iso = (at: Date | null): string => (at ?? new Date(0)).toISOString();
