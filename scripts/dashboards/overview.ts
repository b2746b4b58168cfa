import { ours, quantile, rate } from "./expressions.ts";
import type { Dashboard } from "./panel.ts";

const requests = "http_server_request_duration_seconds";
const atTheDoor = 'service="gateway"';

export const overview: Dashboard = {
  uid: "overview",
  title: "Overview",
  panels: [
    {
      title: "Processes up",
      unit: "short",
      stat: true,
      queries: [[`sum(${ours("up")})`, "up"]],
    },
    {
      title: "Stuck sagas",
      unit: "short",
      stat: true,
      queries: [[`sum(${ours("service:sagas_stuck:max")})`, "stuck"]],
    },
    {
      title: "Messages set aside",
      unit: "short",
      stat: true,
      queries: [[`sum(${ours("service:dead_letters:max")})`, "messages"]],
    },
    {
      title: "Orders",
      unit: "ops",
      queries: [[rate("cartwright_orders_total", "outcome"), "{{outcome}}"]],
    },
    {
      title: "From order to confirmation",
      unit: "s",
      exemplars: true,
      queries: [
        [
          quantile(0.5, ["cartwright_order_confirmation_duration_seconds"]),
          "median",
        ],
        [
          quantile(0.99, ["cartwright_order_confirmation_duration_seconds"]),
          "99 %",
        ],
      ],
    },
    {
      title: "Requests at the gateway",
      unit: "reqps",
      queries: [
        [
          rate(`${requests}_count{${atTheDoor}}`, "http_response_status_code"),
          "{{http_response_status_code}}",
        ],
      ],
    },
    {
      title: "95 % of requests, by service",
      unit: "s",
      exemplars: true,
      queries: [[quantile(0.95, [requests], "service"), "{{service}}"]],
    },
    {
      title: "Requests that fail",
      unit: "percentunit",
      queries: [[ours("service:http_errors:ratio_rate5m"), "{{service}}"]],
    },
    {
      title: "Oldest message in an outbox",
      unit: "s",
      queries: [
        [
          `max by (service) (${ours("service:outbox_oldest_age_seconds:max")})`,
          "{{service}}",
        ],
      ],
    },
    {
      title: "Open breakers",
      unit: "short",
      queries: [
        [
          `sum by (service, peer_service) (${ours("cartwright_breaker_state")} == bool 2) or vector(0)`,
          "{{service}} to {{peer_service}}",
        ],
      ],
    },
    {
      title: "Requests refused as too many",
      unit: "reqps",
      queries: [
        [
          `${rate("cartwright_rate_limited_requests_total", "limit")} or vector(0)`,
          "{{limit}}",
        ],
      ],
    },
    {
      title: "Log lines",
      unit: "ops",
      queries: [
        [
          `${rate('cartwright_log_lines_total{level=~"warn|error"}', "service", "level")} or vector(0)`,
          "{{service}} {{level}}",
        ],
      ],
    },
  ],
};
