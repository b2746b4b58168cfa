import { lastHour, rate } from "./expressions.ts";
import type { Dashboard } from "./panel.ts";

/** Currencies (ISO 4217) whose smallest unit is not a hundredth: the unit itself, or a thousandth. */
const undivided =
  "BIF|CLP|DJF|GNF|ISK|JPY|KMF|KRW|PYG|RWF|UGX|UYI|VND|VUV|XAF|XOF|XPF";
const thousandths = "BHD|IQD|JOD|KWD|LYD|OMR|TND";

/** An amount in the unit that people reckon in, by currency. */
const money = (metric: string): string => {
  const of = (selector: string) =>
    lastHour(`${metric}{currency${selector}}`, "currency");
  return [
    `${of(`!~"${undivided}|${thousandths}"`)} / 100`,
    of(`=~"${undivided}"`),
    `${of(`=~"${thousandths}"`)} / 1000`,
  ].join(" or ");
};

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
        [money("cartwright_revenue_minor_units_total"), "{{currency}}"],
      ],
    },
    {
      title: "Given back in an hour",
      unit: "short",
      stat: true,
      queries: [
        [
          `${money("cartwright_refunds_minor_units_total")} or vector(0)`,
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
      queries: [[lastHour("cartwright_low_stock_alerts_total"), "products"]],
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
