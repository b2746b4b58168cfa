import { ours } from "./expressions.ts";
import type { Dashboard } from "./panel.ts";

/** Each service sees the whole database: services on one server say the same, services on their own do not. */
const seen = (metric: string, ...by: readonly string[]): string =>
  `max by (${by.join(", ")}) (rate(${ours(metric)}[$__rate_interval]))`;

export const database: Dashboard = {
  uid: "database",
  title: "Postgres",
  panels: [
    {
      title: "Answers",
      unit: "short",
      queries: [
        [`min by (service) (${ours("cartwright_database_up")})`, "{{service}}"],
      ],
    },
    {
      title: "Transactions",
      unit: "ops",
      queries: [
        [
          seen("cartwright_database_transactions_total", "outcome"),
          "{{outcome}}",
        ],
      ],
    },
    {
      title: "Blocks, by where they were found",
      unit: "ops",
      queries: [
        [seen("cartwright_database_blocks_total", "source"), "{{source}}"],
      ],
    },
    {
      title: "Connections to the server",
      unit: "short",
      queries: [
        [`max(${ours("cartwright_database_backends")})`, "connections"],
      ],
    },
    {
      title: "Connections, by service",
      unit: "short",
      queries: [
        [
          `sum by (service, state) (${ours("db_client_connection_count")})`,
          "{{service}} {{state}}",
        ],
        [
          `sum by (service) (${ours("db_client_connection_max")})`,
          "{{service}} at most",
        ],
      ],
    },
    {
      title: "Callers that wait for a connection",
      unit: "short",
      queries: [
        [
          `sum by (service) (${ours("db_client_connection_pending_requests")})`,
          "{{service}}",
        ],
      ],
    },
    {
      title: "Deadlocks in an hour",
      unit: "short",
      queries: [
        [
          `max(increase(${ours("cartwright_database_deadlocks_total")}[1h]))`,
          "deadlocks",
        ],
      ],
    },
    {
      title: "Rows",
      unit: "short",
      queries: [
        [
          `max by (service) (${ours('cartwright_database_rows{state="live"}')})`,
          "{{service}}",
        ],
      ],
    },
    {
      title: "Dead rows",
      unit: "short",
      queries: [
        [
          `max by (service) (${ours('cartwright_database_rows{state="dead"}')})`,
          "{{service}}",
        ],
      ],
    },
  ],
};
