import { ours, quantile, rate } from "./expressions.ts";
import type { Dashboard } from "./panel.ts";

const batches = "messaging_process_duration_seconds";

export const messages: Dashboard = {
  uid: "messages",
  title: "Kafka and outbox",
  panels: [
    {
      title: "Messages that wait in outboxes",
      unit: "short",
      queries: [
        [
          `sum by (service) (${ours("service:outbox_rows:max")})`,
          "{{service}}",
        ],
      ],
    },
    {
      title: "Oldest of them",
      unit: "s",
      queries: [
        [
          `max by (service) (${ours("service:outbox_oldest_age_seconds:max")})`,
          "{{service}}",
        ],
      ],
    },
    {
      title: "Refused by the brokers",
      unit: "short",
      queries: [
        [
          `sum by (service) (${ours("service:outbox_failed_rows:max")})`,
          "{{service}}",
        ],
      ],
    },
    {
      title: "Messages written, by type",
      unit: "ops",
      queries: [
        [rate("cartwright_messages_written_total", "type"), "{{type}}"],
      ],
    },
    {
      title: "Records published",
      unit: "ops",
      queries: [
        [
          rate("cartwright_published_records_total", "instance"),
          "{{instance}}",
        ],
      ],
    },
    {
      title: "Records per publication",
      unit: "short",
      queries: [
        [
          `${rate("cartwright_published_records_total")} / ${rate("cartwright_publications_total")}`,
          "records",
        ],
      ],
    },
    {
      title: "Records consumed",
      unit: "ops",
      queries: [
        [
          rate("messaging_client_consumed_messages_total", "service"),
          "{{service}}",
        ],
      ],
    },
    {
      title: "Records per batch",
      unit: "short",
      queries: [
        [
          `${rate("cartwright_consumer_records_total")} / ${rate("cartwright_consumer_batches_total")}`,
          "records",
        ],
      ],
    },
    {
      title: "95 % of batches",
      unit: "s",
      exemplars: true,
      queries: [[quantile(0.95, [batches], "service"), "{{service}}"]],
    },
    {
      title: "Batches, by outcome",
      unit: "ops",
      queries: [
        [
          rate(`${batches}_count`, "service", "outcome"),
          "{{service}} {{outcome}}",
        ],
      ],
    },
    {
      title: "How far consumers are behind",
      unit: "short",
      queries: [
        [
          `sum by (service) (${ours("service:consumer_lag_records:max")})`,
          "{{service}}",
        ],
      ],
    },
    {
      title: "Set aside",
      unit: "short",
      queries: [
        [
          `sum by (service, cause) (${ours("service:dead_letters:max")})`,
          "{{service}} {{cause}}",
        ],
      ],
    },
    {
      title: "Deleted before they were read",
      unit: "short",
      queries: [[`sum(${ours("cartwright_missed_records_total")})`, "records"]],
    },
  ],
};
