import type { Definitions } from "./definition.ts";

export const databaseMetrics = {
  db_client_connection_count: {
    type: "gauge",
    unit: "{connection}",
    labels: ["service", "state"],
    help: "Connections of the service's pool: idle or used.",
    convention: "db.client.connection.count",
  },
  db_client_connection_max: {
    type: "gauge",
    unit: "{connection}",
    labels: ["service"],
    help: "Connections that the service's pool may open.",
    convention: "db.client.connection.max",
  },
  db_client_connection_pending_requests: {
    type: "gauge",
    unit: "{request}",
    labels: ["service"],
    help: "Callers that wait for a connection.",
    convention: "db.client.connection.pending_requests",
  },
  cartwright_database_up: {
    type: "gauge",
    unit: "{state}",
    labels: ["service"],
    help: "1 when the database has answered the last reading of its figures, else 0.",
  },
  cartwright_database_transactions_total: {
    type: "counter",
    unit: "{transaction}",
    labels: ["service", "outcome"],
    help: "Transactions of the whole database as the service sees it: committed or rolled back.",
  },
  cartwright_database_blocks_total: {
    type: "counter",
    unit: "{block}",
    labels: ["service", "source"],
    help: "Blocks of the whole database that were found in the cache or had to be read.",
  },
  cartwright_database_deadlocks_total: {
    type: "counter",
    unit: "{deadlock}",
    labels: ["service"],
    help: "Deadlocks of the whole database.",
  },
  cartwright_database_backends: {
    type: "gauge",
    unit: "{connection}",
    labels: ["service"],
    help: "Connections to the whole database.",
  },
  cartwright_database_oldest_transaction_seconds: {
    type: "gauge",
    unit: "s",
    labels: ["service"],
    help: "For how long the oldest transaction of the whole database has been open; of another role's, since when it has been seen.",
  },
  cartwright_database_rows: {
    type: "gauge",
    unit: "{row}",
    labels: ["service", "state"],
    help: "Rows of the service's tables by the server's estimate: live or dead.",
  },
} as const satisfies Definitions;
