import type { TokenVerifier } from "@cartwright/auth/verifier";
import type { Cause } from "@cartwright/contracts/message";
import type { Duration } from "@cartwright/kernel/duration";
import { Refusal } from "@cartwright/kernel/refusal";
import { withCause } from "@cartwright/observability/context";
import { servedAttributes } from "@cartwright/observability/http-attributes";
import type { Logger } from "@cartwright/observability/logger";
import { secondsSince } from "@cartwright/observability/metrics";
import type { Tracing } from "@cartwright/observability/tracing";
import type { ErrorRequestHandler, Request, Response } from "express";
import { authenticate, authorize } from "./authenticate.ts";
import { parseRequest } from "./parse-request.ts";
import { isUnforeseen, problemReply, type RefusalStatuses } from "./problem.ts";
import { causeOfRequest } from "./request-cause.ts";
import { activeRequests, requestDurations } from "./request-metrics.ts";
import { requestSignal } from "./request-signal.ts";
import type { Reply } from "./reply.ts";
import type { Method, Route } from "./route.ts";
import { sendReply } from "./send-reply.ts";

export type Answering = {
  /** Whose routes these are. */
  readonly service: string;
  readonly tokens: TokenVerifier;
  readonly refusals: RefusalStatuses;
  readonly logger: Logger;
  readonly tracing: Tracing;
  readonly deadline: Duration;
};

/** Everything between a matched request and its answer: trace, token, scope, shape, handler, refusals. */
export function answer(route: Route, options: Answering) {
  const name = `${route.method.toUpperCase()} ${route.path}`;
  const attributes = { "http.route": route.path };
  const { service } = options;
  const labels = {
    service,
    http_request_method: route.method.toUpperCase(),
    http_route: route.path,
  };
  const active = { service };
  return (request: Request, response: Response): Promise<void> => {
    const begun = performance.now();
    activeRequests.add(1, active);
    const cause = causeOfRequest(request.headers);
    const spanOptions = { cause, kind: "server", attributes } as const;
    return options.tracing.span(name, spanOptions, (inner, annotate) =>
      withCause(inner, async () => {
        response.setHeader("x-correlation-id", inner.correlationId);
        if (inner.traceparent) {
          response.setHeader("traceparent", inner.traceparent);
        }
        const reply = await replyTo(route, request, response, inner, options);
        // At the deadline it has been answered already, whatever the handler says afterwards.
        const status = response.headersSent
          ? response.statusCode
          : reply.status;
        annotate?.(servedAttributes(factsOf(request, status)));
        requestDurations.observe(
          secondsSince(begun),
          { ...labels, http_response_status_code: status },
          inner.traceparent,
        );
        await sendReply(response, reply);
      }).finally(() => activeRequests.add(-1, active)),
    );
  };
}

const factsOf = (request: Request, status: number) => ({
  method: request.method,
  url: request.url,
  scheme: request.protocol,
  status,
});

async function replyTo(
  route: Route,
  request: Request,
  response: Response,
  cause: Cause,
  options: Answering,
): Promise<Reply> {
  const refusing = {
    refusals: options.refusals,
    correlationId: cause.correlationId,
  };
  const life = requestSignal(response, options.deadline, (overdue) => {
    void sendReply(response, problemReply(overdue, refusing));
  });
  try {
    const { authorization } = request.headers;
    const user = await authenticate(authorization, options.tokens);
    authorize(route.access, user);
    const parsed = await parseRequest(route, request, response);
    return await route.handle({
      ...(parsed as Parameters<Route["handle"]>[0]),
      user,
      cause,
      headers: request.headers,
      get signal() {
        return life.signal();
      },
    });
  } catch (error) {
    if (isUnforeseen(error)) {
      const { method, path } = request;
      options.logger.error("request failed", { method, path, error });
    }
    return problemReply(error, refusing);
  } finally {
    life.answered();
  }
}

/** The answer where no route matches. */
export const answerNotFound = (request: Request, response: Response) =>
  refuse(request, response, nothingHere("There is nothing here."));

/** The answer to a path that Express cannot even decode: it calls handlers of four parameters. */
export const answerUndecodable: ErrorRequestHandler = (
  error,
  request,
  response,
  next,
) => {
  if (response.headersSent) next(error);
  else {
    const refusal = nothingHere("The path is not well formed.");
    void refuse(request, response, refusal);
  }
};

const nothingHere = (why: string) => new Refusal("not-found", why);

/** The answer on a path whose routes take other methods only. */
export function answerOtherMethods(methods: readonly Method[]) {
  const allow = methods
    .map((method) => (method === "get" ? "GET, HEAD" : method.toUpperCase()))
    .join(", ");
  const refusal = new Refusal(
    "method-not-allowed",
    `Only ${allow} is answered here.`,
    { headers: { allow } },
  );
  return (request: Request, response: Response) =>
    refuse(request, response, refusal);
}

function refuse(request: Request, response: Response, refusal: Refusal) {
  const { correlationId } = causeOfRequest(request.headers);
  response.setHeader("x-correlation-id", correlationId);
  return sendReply(response, problemReply(refusal, { correlationId }));
}
