import { rate } from "./expressions.ts";
import type { Dashboard } from "./panel.ts";

const lastHour = (metric: string, ...by: readonly string[]): string =>
  `sum by (${by.join(", ")}) (increase(${metric}[1h]))`;

export const business: Dashboard = {
  uid: "business",
  title: "Business",
  panels: [
    {
      title: "Orders in an hour",
      unit: "short",
      stat: true,
      queries: [
        [lastHour("cartwright_orders_total", "outcome"), "{{outcome}}"],
      ],
    },
    {
      title: "Revenue in an hour",
      unit: "short",
      stat: true,
      queries: [
        [
          `${lastHour("cartwright_revenue_minor_units_total", "currency")} / 100`,
          "{{currency}}",
        ],
      ],
    },
    {
      title: "Given back in an hour",
      unit: "short",
      stat: true,
      queries: [
        [
          `${lastHour("cartwright_refunds_minor_units_total", "currency")} / 100 or vector(0)`,
          "{{currency}}",
        ],
      ],
    },
    {
      title: "Orders",
      unit: "ops",
      queries: [[rate("cartwright_orders_total", "outcome"), "{{outcome}}"]],
    },
    {
      title: "Payments",
      unit: "ops",
      queries: [[rate("cartwright_payments_total", "outcome"), "{{outcome}}"]],
    },
    {
      title: "Reservations",
      unit: "ops",
      queries: [
        [rate("cartwright_reservations_total", "outcome"), "{{outcome}}"],
      ],
    },
    {
      title: "Products below their threshold, in an hour",
      unit: "short",
      queries: [
        ["sum(increase(cartwright_low_stock_alerts_total[1h]))", "products"],
      ],
    },
    {
      title: "Notifications",
      unit: "ops",
      queries: [
        [rate("cartwright_notifications_total", "outcome"), "{{outcome}}"],
      ],
    },
    {
      title: "Notifications delivered",
      unit: "percentunit",
      queries: [
        [
          `${rate('cartwright_notifications_total{outcome="sent"}')} / ${rate("cartwright_notifications_total")}`,
          "delivered",
        ],
      ],
    },
  ],
};
