import { gauge, histogram } from "@cartwright/observability/metrics";

/** Until the answer begins: how long a stream of events lasts says nothing. */
export const requestDurations = histogram(
  "http_server_request_duration_seconds",
);

export const activeRequests = gauge("http_server_active_requests");
