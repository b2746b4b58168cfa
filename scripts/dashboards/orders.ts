import { ours, quantile, rate } from "./expressions.ts";
import type { Dashboard } from "./panel.ts";

const calls = "cartwright_outside_call_duration_seconds";
const runs = `sum by (saga, step) (${ours("service:saga_runs:max")}) or vector(0)`;

export const orders: Dashboard = {
  uid: "orders",
  title: "Orders and sagas",
  panels: [
    {
      title: "Orders",
      unit: "ops",
      queries: [[rate("cartwright_orders_total", "outcome"), "{{outcome}}"]],
    },
    {
      title: "From order to confirmation",
      unit: "s",
      exemplars: true,
      queries: [0.5, 0.95, 0.99].map((share) => [
        quantile(share, ["cartwright_order_confirmation_duration_seconds"]),
        `${share * 100} %`,
      ]),
    },
    {
      title: "Stuck sagas",
      unit: "short",
      queries: [[`sum(${ours("service:sagas_stuck:max")})`, "stuck"]],
    },
    {
      title: "Runs in hand, by step",
      unit: "short",
      queries: [[runs, "{{saga}} {{step}}"]],
    },
    {
      title: "Oldest run, by step",
      unit: "s",
      queries: [
        [
          `max by (saga, step) (${ours("cartwright_saga_oldest_age_seconds")}) or vector(0)`,
          "{{saga}} {{step}}",
        ],
      ],
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
      title: "Calls to the outside",
      unit: "ops",
      queries: [
        [
          rate(`${calls}_count`, "worker", "kind", "outcome"),
          "{{worker}} {{kind}} {{outcome}}",
        ],
      ],
    },
    {
      title: "95 % of calls to the outside",
      unit: "s",
      exemplars: true,
      queries: [[quantile(0.95, [calls], "worker", "kind"), "{{kind}}"]],
    },
    {
      title: "Longest overdue call",
      unit: "s",
      queries: [
        [
          `max by (service) (${ours("service:outside_calls_overdue_seconds:max")})`,
          "{{service}}",
        ],
      ],
    },
  ],
};
