import { ours, quantile, rate } from "./expressions.ts";
import type { Dashboard } from "./panel.ts";

const requests = "http_server_request_duration_seconds";
const handlers = "cartwright_handler_duration_seconds";
const its = 'service="$service"';

/** Of the processes that run the service: one with all of them, or one for each replica. */
const process = (expression: string): string =>
  `${expression} * on (instance) group_left () (max by (instance) (${ours(`http_server_active_requests{${its}}`)}) * 0 + 1)`;

export const service: Dashboard = {
  uid: "service",
  title: "One service",
  perService: true,
  panels: [
    {
      title: "Requests, by route",
      unit: "reqps",
      queries: [
        [
          rate(
            `${requests}_count{${its}}`,
            "http_request_method",
            "http_route",
          ),
          "{{http_request_method}} {{http_route}}",
        ],
      ],
    },
    {
      title: "Requests, by status",
      unit: "reqps",
      queries: [
        [
          rate(`${requests}_count{${its}}`, "http_response_status_code"),
          "{{http_response_status_code}}",
        ],
      ],
    },
    {
      title: "95 % of requests, by route",
      unit: "s",
      exemplars: true,
      queries: [
        [quantile(0.95, [requests, its], "http_route"), "{{http_route}}"],
      ],
    },
    {
      title: "Requests in hand",
      unit: "short",
      queries: [
        [`sum(${ours(`http_server_active_requests{${its}}`)})`, "requests"],
      ],
    },
    {
      title: "Messages, by handler",
      unit: "ops",
      queries: [
        [
          rate(`cartwright_handler_messages_total{${its}}`, "handler"),
          "{{handler}}",
        ],
      ],
    },
    {
      title: "95 % of handlers",
      unit: "s",
      exemplars: true,
      queries: [[quantile(0.95, [handlers, its], "handler"), "{{handler}}"]],
    },
    {
      title: "Handlers that fail",
      unit: "percentunit",
      queries: [
        [ours(`service:handler_errors:ratio_rate5m{${its}}`), "failed"],
      ],
    },
    {
      title: "Connections",
      unit: "short",
      queries: [
        [
          `sum by (state) (${ours(`db_client_connection_count{${its}}`)})`,
          "{{state}}",
        ],
        [
          `sum(${ours(`db_client_connection_pending_requests{${its}}`)})`,
          "waiting",
        ],
      ],
    },
    {
      title: "Requests to other services",
      unit: "reqps",
      queries: [
        [
          `${rate(`http_client_request_duration_seconds_count{${its}}`, "peer_service", "outcome")} or vector(0)`,
          "{{peer_service}} {{outcome}}",
        ],
      ],
    },
    {
      title: "CPU of its processes",
      unit: "percentunit",
      queries: [
        [
          process(
            `rate(${ours("process_cpu_seconds_total")}[$__rate_interval])`,
          ),
          "{{pod}} {{instance}}",
        ],
      ],
    },
    {
      title: "Event-loop lag (99 %)",
      unit: "s",
      queries: [
        [
          process(ours("nodejs_eventloop_lag_p99_seconds")),
          "{{pod}} {{instance}}",
        ],
      ],
    },
    {
      title: "Heap",
      unit: "bytes",
      queries: [
        [
          process(ours("nodejs_heap_size_used_bytes")),
          "{{pod}} {{instance}} used",
        ],
        [
          process(ours("nodejs_heap_size_total_bytes")),
          "{{pod}} {{instance}} total",
        ],
      ],
    },
    {
      title: "Garbage collection",
      unit: "percentunit",
      queries: [
        [
          process(
            rate("nodejs_gc_duration_seconds_sum", "pod", "instance", "kind"),
          ),
          "{{pod}} {{instance}} {{kind}}",
        ],
      ],
    },
  ],
};
