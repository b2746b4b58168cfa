import { z } from "zod";
import { defineEvent } from "./define.ts";
import { idShape, moneyShape, orderItemShape, timeShape } from "./shapes.ts";

const placed = {
  orderId: idShape,
  orderNumber: z.string(),
  customerId: idShape,
  items: z.array(orderItemShape).min(1),
  totalAmount: moneyShape,
};

export const orderCreated = defineEvent("order.OrderCreated.v1", {
  data: z.object({ ...placed, createdAt: timeShape }),
  subject: ["order", (data) => data.orderId],
});

/** The pivot said yes: the money is captured and every part of the order will happen. */
export const orderConfirmed = defineEvent("order.OrderConfirmed.v1", {
  data: z.object({ ...placed, confirmedAt: timeShape }),
  subject: ["order", (data) => data.orderId],
});

/** Every part of the order that had happened is undone, confirmed by each participant. */
export const orderCancelled = defineEvent("order.OrderCancelled.v1", {
  data: z.object({
    orderId: idShape,
    orderNumber: z.string(),
    customerId: idShape,
    totalAmount: moneyShape,
    /** A stable code, for instance `out-of-stock`, `card-declined`, `requested-by-customer`. */
    reason: z.string(),
    /** Whether the order had been confirmed before, so that counts of sales can be corrected. */
    wasConfirmed: z.boolean(),
    cancelledAt: timeShape,
  }),
  subject: ["order", (data) => data.orderId],
});

export const orderShipped = defineEvent("order.OrderShipped.v1", {
  data: z.object({
    orderId: idShape,
    customerId: idShape,
    trackingNumber: z.string(),
    shippedAt: timeShape,
  }),
  subject: ["order", (data) => data.orderId],
});

export const orderCompleted = defineEvent("order.OrderCompleted.v1", {
  data: z.object({
    orderId: idShape,
    customerId: idShape,
    completedAt: timeShape,
  }),
  subject: ["order", (data) => data.orderId],
});
