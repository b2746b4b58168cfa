import type { Cause } from "@cartwright/contracts/message";
import { requestDurations } from "@cartwright/http/request-metrics";
import { knownMethod } from "@cartwright/observability/http-attributes";
import { secondsSince } from "@cartwright/observability/metrics";
import { destinationOf } from "./route-table.ts";

type Answered = {
  readonly method: string;
  /** As it came, before it was rewritten for the service. */
  readonly url: string;
  readonly status: number;
  /** A reading of `performance.now()`. */
  readonly begun: number;
};

/**
 * The gateway knows no templates: its route is the collection, for instance `/api/v1/orders`, or `/api/v1/orders/*` for
 * whatever is below it; none where nothing is. So callers make up no routes.
 */
export function observeRequest(answered: Answered, cause: Cause): void {
  const { method, url, status, begun } = answered;
  requestDurations.observe(
    secondsSince(begun),
    {
      service: "gateway",
      http_request_method: knownMethod(method),
      http_route: routeOf(destinationOf(method, url)?.url ?? ""),
      http_response_status_code: status,
    },
    cause.traceparent,
  );
}

const COLLECTION = /^(\/(?:api\/v\d+\/)?[\w.-]+)(\/+[^/?])?/;

function routeOf(url: string): string {
  const [, collection = "", below] = COLLECTION.exec(url) ?? [];
  return below === undefined ? collection : `${collection}/*`;
}
