import type { Cause } from "@cartwright/contracts/message";
import { newId } from "@cartwright/kernel/ids";
import { parseTraceparent } from "@cartwright/observability/trace-context";
import type { IncomingHttpHeaders } from "node:http";

const ACCEPTABLE = /^[\w.:-]{1,128}$/;

/** The flow and the trace that a request belongs to: the caller's, or new ones. */
export function causeOfRequest(headers: IncomingHttpHeaders): Cause {
  const correlationId = headers["x-correlation-id"];
  const traceparent = headers["traceparent"];
  return {
    correlationId:
      typeof correlationId === "string" && ACCEPTABLE.test(correlationId)
        ? correlationId
        : newId(),
    ...(typeof traceparent === "string" &&
      parseTraceparent(traceparent) && { traceparent }),
  };
}
