import type { Definitions } from "./definition.ts";

export const businessMetrics = {
  cartwright_orders_total: {
    type: "counter",
    unit: "{order}",
    labels: ["outcome"],
    help: "Orders by what became of them: created, confirmed, cancelled, shipped or completed.",
  },
  cartwright_orders_cancelled_unconfirmed_total: {
    type: "counter",
    unit: "{order}",
    labels: [],
    help: "Orders that were cancelled before they were confirmed, for whatever reason.",
  },
  cartwright_order_confirmation_duration_seconds: {
    type: "histogram",
    unit: "s",
    labels: [],
    help: "Time from an order's creation to its confirmation.",
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300],
  },
  cartwright_revenue_minor_units_total: {
    type: "counter",
    unit: "{minor unit}",
    labels: ["currency"],
    help: "Totals of confirmed orders, in cents or whatever the currency's smallest unit is.",
  },
  cartwright_refunds_minor_units_total: {
    type: "counter",
    unit: "{minor unit}",
    labels: ["currency"],
    help: "Money given back.",
  },
  cartwright_payments_total: {
    type: "counter",
    unit: "{payment}",
    labels: ["outcome"],
    help: "Payments by what became of them: authorized, failed, processed, cancelled or refunded.",
  },
  cartwright_reservations_total: {
    type: "counter",
    unit: "{reservation}",
    labels: ["outcome"],
    help: "Reservations of stock: reserved, rejected or released.",
  },
  cartwright_low_stock_alerts_total: {
    type: "counter",
    unit: "{alert}",
    labels: [],
    help: "Products that fell below their threshold.",
  },
  cartwright_notifications_total: {
    type: "counter",
    unit: "{notification}",
    labels: ["outcome"],
    help: "Notifications to customers: sent or failed.",
  },
} as const satisfies Definitions;
