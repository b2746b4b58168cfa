import { requestSeconds, type Definitions } from "./definition.ts";

export const httpMetrics = {
  http_server_request_duration_seconds: {
    type: "histogram",
    unit: "s",
    labels: [
      "service",
      "http_request_method",
      "http_route",
      "http_response_status_code",
    ],
    help: "Duration of answered requests, by the route's template.",
    convention: "http.server.request.duration",
    buckets: requestSeconds,
  },
  http_server_active_requests: {
    type: "gauge",
    unit: "{request}",
    labels: ["service"],
    help: "Requests that have no answer yet.",
    convention: "http.server.active_requests",
  },
  http_client_request_duration_seconds: {
    type: "histogram",
    unit: "s",
    labels: ["service", "peer_service", "outcome"],
    help: "Duration of requests to other services: answered, failed, or refused by the breaker.",
    convention: "http.client.request.duration",
    buckets: requestSeconds,
  },
  cartwright_breaker_state: {
    type: "gauge",
    unit: "{state}",
    labels: ["service", "peer_service"],
    help: "State of the breaker before another service: 0 closed, 1 half open, 2 open.",
  },
  cartwright_breaker_openings_total: {
    type: "counter",
    unit: "{opening}",
    labels: ["service", "peer_service"],
    help: "How often the breaker before another service has opened, again after each trial that failed too.",
  },
  cartwright_rate_limited_requests_total: {
    type: "counter",
    unit: "{request}",
    labels: ["limit"],
    help: "Requests that the gateway refused because their caller had sent too many.",
  },
} as const satisfies Definitions;
