import type { Cause } from "@cartwright/contracts/message";
import { answeredWith, askedAttributes } from "./http-attributes.ts";
import { sampledTraceId } from "./trace-context.ts";
import type { Tracing } from "./tracing.ts";

type Exchange = {
  readonly tracing?: Tracing | undefined;
  /** Absent where nobody knows for whom it is. */
  readonly cause?: Cause | undefined;
  readonly method: string;
  /** With its host; asked only where the exchange is recorded. */
  readonly url: () => string;
};

/** Shows a request to somebody else in the trace that it is made for, where that is recorded. */
export function shownExchange<Answer extends { readonly status: number }>(
  { tracing, cause, method, url }: Exchange,
  send: (cause: Cause | undefined) => Promise<Answer>,
): Promise<Answer> {
  if (!tracing || !cause || !sampledTraceId(cause.traceparent))
    return send(cause);
  const attributes = askedAttributes(method, url());
  return tracing.span(
    method,
    { cause, kind: "client", attributes },
    async (inner, annotate) => {
      const answer = await send(inner);
      annotate?.(answeredWith("client", answer.status));
      return answer;
    },
  );
}
