import type { Money } from "@cartwright/kernel/money";
import type { OrderId, UserId } from "@cartwright/kernel/ids";
import { Refusal } from "@cartwright/kernel/refusal";
import type { OrderEvent } from "./events.ts";
import type { OrderItem } from "./pricing.ts";

export const orderStatuses = [
  "pending",
  "confirmed",
  "cancelling",
  "cancelled",
  "shipped",
  "delivered",
  "completed",
] as const;
export type OrderStatus = (typeof orderStatuses)[number];

/** Where an order may go from each status. */
const transitions: Readonly<Record<OrderStatus, readonly OrderStatus[]>> = {
  pending: ["confirmed", "cancelling", "cancelled"],
  confirmed: ["cancelling", "shipped"],
  cancelling: ["cancelled", "confirmed", "shipped"],
  cancelled: [],
  shipped: ["delivered"],
  delivered: ["completed"],
  completed: [],
};

export type ShippingAddress = {
  readonly name: string;
  readonly line1: string;
  readonly line2?: string | undefined;
  readonly postalCode: string;
  readonly city: string;
  readonly country: string;
};

export type Order = {
  readonly id: OrderId;
  readonly number: string;
  readonly customerId: UserId;
  readonly status: OrderStatus;
  readonly items: readonly OrderItem[];
  readonly total: Money;
  readonly shippingAddress: ShippingAddress;
  readonly cancellationReason: string | null;
  readonly trackingNumber: string | null;
  readonly createdAt: Date;
  readonly confirmedAt: Date | null;
  readonly cancelledAt: Date | null;
  readonly shippedAt: Date | null;
  readonly deliveredAt: Date | null;
  readonly completedAt: Date | null;
};

/** An order as it is now, and what happened to it. */
export type Decision = {
  readonly order: Order;
  readonly events: readonly OrderEvent[];
};

export type DecisionContext = {
  readonly at: Date;
  /** On the way back, the code of what went wrong. */
  readonly reason: string | null;
};

export type OrderDecider = (order: Order, context: DecisionContext) => Decision;

/** What it takes to place an order, priced by us. */
export type Placement = Pick<
  Order,
  "id" | "number" | "customerId" | "items" | "total" | "shippingAddress"
>;

export function place(placement: Placement, at: Date): Decision {
  const order: Order = {
    ...placement,
    status: "pending",
    cancellationReason: null,
    trackingNumber: null,
    createdAt: at,
    confirmedAt: null,
    cancelledAt: null,
    shippedAt: null,
    deliveredAt: null,
    completedAt: null,
  };
  return { order, events: [{ kind: "created", order }] };
}

/** The money is captured: every part of the order will happen. */
export const confirm: OrderDecider = (order, { at }) => {
  const confirmed = {
    ...moved(order, "confirmed"),
    confirmedAt: at,
    cancellationReason: null,
  };
  return {
    order: confirmed,
    events: [{ kind: "confirmed", order: confirmed }],
  };
};

/** The customer's wish; it is granted only once everything is undone. Asked for again it changes nothing. */
export const requestCancellation: OrderDecider = (order, { reason }) => {
  if (order.status === "cancelling" || order.status === "cancelled")
    return { order, events: [] };
  if (order.status !== "pending" && order.status !== "confirmed") {
    throw new Refusal(
      "order-not-cancellable",
      `The order is already ${order.status}.`,
      { orderStatus: order.status },
    );
  }
  return {
    order: { ...moved(order, "cancelling"), cancellationReason: reason },
    events: [],
  };
};

/** Every part that had happened is undone. */
export const cancel: OrderDecider = (order, { at, reason }) => {
  const cancelled = {
    ...moved(order, "cancelled"),
    cancelledAt: at,
    cancellationReason: order.cancellationReason ?? reason,
  };
  return {
    order: cancelled,
    events: [{ kind: "cancelled", order: cancelled }],
  };
};

/** The cancellation came too late: the order goes on from where it was. */
export const declineCancellation: OrderDecider = (order, context) => {
  const confirmed =
    order.confirmedAt === null
      ? confirm(order, context)
      : {
          order: { ...moved(order, "confirmed"), cancellationReason: null },
          events: [],
        };
  if (order.shippedAt === null) return confirmed;
  const shipped = moved(confirmed.order, "shipped");
  const { order: last, events } =
    order.deliveredAt === null
      ? { order: shipped, events: [] }
      : complete(shipped, order.deliveredAt);
  return {
    order: last,
    events: [
      ...confirmed.events,
      { kind: "shipped", order: shipped },
      ...events,
    ],
  };
};

/** The parcel has left. While a cancellation is being asked for, the status waits for its outcome. */
export const markShipped =
  (trackingNumber: string): OrderDecider =>
  (order, { at }) => {
    if (order.shippedAt !== null || order.status === "cancelled")
      return { order, events: [] };
    const left = { ...order, shippedAt: at, trackingNumber };
    if (order.status === "cancelling") return { order: left, events: [] };
    const shipped = moved(left, "shipped");
    return { order: shipped, events: [{ kind: "shipped", order: shipped }] };
  };

/** The parcel has arrived; like its leaving, that waits for the outcome of a cancellation. */
export const markDelivered: OrderDecider = (order, { at }) => {
  if (order.status === "shipped") return complete(order, at);
  return order.status === "cancelling" && order.shippedAt !== null
    ? { order: { ...order, deliveredAt: at }, events: [] }
    : { order, events: [] };
};

function complete(order: Order, at: Date): Decision {
  const delivered = { ...moved(order, "delivered"), deliveredAt: at };
  const completed = { ...moved(delivered, "completed"), completedAt: at };
  return {
    order: completed,
    events: [{ kind: "completed", order: completed }],
  };
}

function moved(order: Order, status: OrderStatus): Order {
  if (!transitions[order.status].includes(status)) {
    throw new Error(
      `Order ${order.id} cannot go from ${order.status} to ${status}.`,
    );
  }
  return { ...order, status };
}
