import type { Order } from "./order.ts";

/** What can happen to an order, with the order as it was right after. */
export type OrderEvent = {
  readonly kind:
    "created" | "confirmed" | "cancelled" | "shipped" | "completed";
  readonly order: Order;
};
