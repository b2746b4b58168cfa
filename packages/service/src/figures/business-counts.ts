import type { Contract, DataOf } from "@cartwright/contracts/define";
import {
  inventoryReleased,
  inventoryReservationRejected,
  inventoryReserved,
  lowStockAlert,
} from "@cartwright/contracts/inventory";
import {
  notificationFailed,
  notificationSent,
} from "@cartwright/contracts/notification";
import {
  orderCancelled,
  orderCompleted,
  orderConfirmed,
  orderCreated,
  orderShipped,
} from "@cartwright/contracts/order";
import {
  paymentAuthorized,
  paymentCancelled,
  paymentFailed,
  paymentProcessed,
  refundProcessed,
} from "@cartwright/contracts/payment";
import { madeAt } from "@cartwright/kernel/ids";
import type { Outgoing } from "@cartwright/messaging/outbox";
import { counter, histogram } from "@cartwright/observability/metrics";

const orders = counter("cartwright_orders_total");
const cancelledUnconfirmed = counter(
  "cartwright_orders_cancelled_unconfirmed_total",
);
const confirmations = histogram(
  "cartwright_order_confirmation_duration_seconds",
);
const revenue = counter("cartwright_revenue_minor_units_total");
const refunds = counter("cartwright_refunds_minor_units_total");
const payments = counter("cartwright_payments_total");
const reservations = counter("cartwright_reservations_total");
const lowStock = counter("cartwright_low_stock_alerts_total");
const notifications = counter("cartwright_notifications_total");

type Count = (data: unknown, message: Outgoing) => void;

const counting = <C extends Contract>(
  contract: C,
  count: (data: DataOf<C>, message: Outgoing) => void,
): [string, Count] => [contract.type, count as Count];

/** Shown from the start: Prometheus sees no growth where a counter begins with its first order. */
const orderIs = (outcome: string) => {
  orders.add(0, { outcome });
  return () => orders.add(1, { outcome });
};
const paymentIs = (outcome: string) => () => payments.add(1, { outcome });
const reservationIs = (outcome: string) => () =>
  reservations.add(1, { outcome });
const notificationIs = (outcome: string) => () =>
  notifications.add(1, { outcome });

const confirmed = orderIs("confirmed");
const cancelled = orderIs("cancelled");

/** What each event means to the shop. */
const counts: ReadonlyMap<string, Count> = new Map([
  counting(orderCreated, orderIs("created")),
  counting(orderConfirmed, (data, { cause }) => {
    confirmed();
    const { amount, currency } = data.totalAmount;
    revenue.add(amount, { currency });
    const took = Date.parse(data.confirmedAt) - madeAt(data.orderId);
    confirmations.observe(Math.max(0, took) / 1_000, {}, cause.traceparent);
  }),
  counting(orderCancelled, ({ wasConfirmed }) => {
    cancelled();
    if (!wasConfirmed) cancelledUnconfirmed.add(1);
  }),
  counting(orderShipped, orderIs("shipped")),
  counting(orderCompleted, orderIs("completed")),
  counting(paymentAuthorized, paymentIs("authorized")),
  counting(paymentProcessed, paymentIs("processed")),
  counting(paymentFailed, paymentIs("failed")),
  counting(paymentCancelled, paymentIs("cancelled")),
  counting(refundProcessed, ({ amount: { amount, currency } }) => {
    paymentIs("refunded")();
    refunds.add(amount, { currency });
  }),
  counting(inventoryReserved, reservationIs("reserved")),
  counting(inventoryReservationRejected, reservationIs("rejected")),
  counting(inventoryReleased, reservationIs("released")),
  counting(lowStockAlert, () => lowStock.add(1)),
  counting(notificationSent, notificationIs("sent")),
  counting(notificationFailed, notificationIs("failed")),
]);

/** Counts what a committed message says; most say nothing that is counted. */
export function countBusiness(message: Outgoing): void {
  counts.get(message.draft.type)?.(message.draft.data, message);
}
