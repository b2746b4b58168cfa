import { causeOfRequest } from "@cartwright/http/request-cause";
import { traceIdOf } from "@cartwright/observability/trace-context";
import type { SpanOptions } from "@cartwright/observability/tracing";
import type { IncomingHttpHeaders } from "node:http";

/**
 * The flow and the trace that a request belongs to. Whoever reaches the gateway could name any trace, and have it
 * recorded at our expense: so ours is a new one that is linked to the caller's, unless callers are trusted with it.
 */
export function traceOfRequest(
  headers: IncomingHttpHeaders,
  isTrusted: boolean,
): SpanOptions {
  const { traceparent, ...cause } = causeOfRequest(headers);
  if (!traceparent) return { cause, kind: "server" };
  if (isTrusted) return { cause: { ...cause, traceparent }, kind: "server" };
  delete headers["tracestate"]; // belongs to the caller's trace alone
  return {
    ...{ cause, kind: "server", link: traceparent },
    attributes: { "cartwright.client.trace_id": traceIdOf(traceparent) },
  };
}
