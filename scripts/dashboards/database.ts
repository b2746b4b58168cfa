import type { Dashboard } from "./panel.ts";

/** Each service sees the whole database: services on one server say the same, services on their own do not. */
const seen = (metric: string, ...by: readonly string[]): string =>
  `max by (${by.join(", ")}) (rate(${metric}[$__rate_interval]))`;

export const database: Dashboard = {
  uid: "database",
  title: "Postgres",
  panels: [
    {
      title: "Answers",
      unit: "short",
      queries: [["min by (service) (cartwright_database_up)", "{{service}}"]],
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
      queries: [["max(cartwright_database_backends)", "connections"]],
    },
    {
      title: "Connections, by service",
      unit: "short",
      queries: [
        [
          "sum by (service, state) (db_client_connection_count)",
          "{{service}} {{state}}",
        ],
        ["sum by (service) (db_client_connection_max)", "{{service}} at most"],
      ],
    },
    {
      title: "Callers that wait for a connection",
      unit: "short",
      queries: [
        [
          "sum by (service) (db_client_connection_pending_requests)",
          "{{service}}",
        ],
      ],
    },
    {
      title: "Deadlocks",
      unit: "short",
      queries: [["max(cartwright_database_deadlocks_total)", "deadlocks"]],
    },
    {
      title: "Rows",
      unit: "short",
      queries: [
        [
          'max by (service) (cartwright_database_rows{state="live"})',
          "{{service}}",
        ],
      ],
    },
    {
      title: "Dead rows",
      unit: "short",
      queries: [
        [
          'max by (service) (cartwright_database_rows{state="dead"})',
          "{{service}}",
        ],
      ],
    },
  ],
};
