import type { Order } from "../domain/order.ts";

/** An order's row, as Postgres gives it. */
export type OrderRow = {
  readonly id: Order["id"];
  readonly number: string;
  readonly customer_id: Order["customerId"];
  readonly status: Order["status"];
  readonly items: Order["items"];
  readonly total_amount: number;
  readonly currency: string;
  readonly shipping_address: Order["shippingAddress"];
  readonly cancellation_reason: string | null;
  readonly tracking_number: string | null;
  readonly event_sequence: number;
  readonly created_at: Date;
  readonly confirmed_at: Date | null;
  readonly cancelled_at: Date | null;
  readonly shipped_at: Date | null;
  readonly delivered_at: Date | null;
  readonly completed_at: Date | null;
};

/** Named, not `*`: a plan that the server keeps for `*` fails once a newer release has added a column. */
export const orderColumns = `id, number, customer_id, status, items, total_amount, currency, shipping_address,
  cancellation_reason, tracking_number, event_sequence, created_at, confirmed_at, cancelled_at, shipped_at,
  delivered_at, completed_at`;

export const toOrder = (row: OrderRow): Order => ({
  id: row.id,
  number: row.number,
  customerId: row.customer_id,
  status: row.status,
  items: row.items,
  total: { amount: row.total_amount, currency: row.currency },
  shippingAddress: row.shipping_address,
  cancellationReason: row.cancellation_reason,
  trackingNumber: row.tracking_number,
  createdAt: row.created_at,
  confirmedAt: row.confirmed_at,
  cancelledAt: row.cancelled_at,
  shippedAt: row.shipped_at,
  deliveredAt: row.delivered_at,
  completedAt: row.completed_at,
});

/** The columns of many rows, in the order of `insertColumns`. */
export const toColumns = (
  orders: readonly { readonly order: Order; readonly sequence: number }[],
): unknown[] => {
  const column = (value: (order: Order) => unknown) =>
    orders.map(({ order }) => value(order));
  return [
    column(({ id }) => id),
    column(({ number }) => number),
    column(({ customerId }) => customerId),
    column(({ status }) => status),
    column(({ items }) => JSON.stringify(items)),
    column(({ total }) => total.amount),
    column(({ total }) => total.currency),
    column(({ shippingAddress }) => JSON.stringify(shippingAddress)),
    orders.map(({ sequence }) => sequence),
    column(({ createdAt }) => createdAt),
  ];
};

/** What may change after an order is placed, in the order of the update's columns. */
export const toChanges = (
  orders: readonly { readonly order: Order; readonly sequence: number }[],
): unknown[] => {
  const column = (value: (order: Order) => unknown) =>
    orders.map(({ order }) => value(order));
  return [
    column(({ id }) => id),
    column(({ status }) => status),
    column(({ cancellationReason }) => cancellationReason),
    column(({ trackingNumber }) => trackingNumber),
    orders.map(({ sequence }) => sequence),
    column(({ confirmedAt }) => confirmedAt),
    column(({ cancelledAt }) => cancelledAt),
    column(({ shippedAt }) => shippedAt),
    column(({ deliveredAt }) => deliveredAt),
    column(({ completedAt }) => completedAt),
  ];
};
