import type { Principal } from "@cartwright/auth/principal";
import type { TokenVerifier } from "@cartwright/auth/verifier";
import type { Cause } from "@cartwright/contracts/message";
import { authenticate } from "@cartwright/http/authenticate";
import { isUnforeseen, problemReply } from "@cartwright/http/problem";
import { sendReply } from "@cartwright/http/send-reply";
import { activeRequests } from "@cartwright/http/request-metrics";
import { Refusal } from "@cartwright/kernel/refusal";
import { withCause } from "@cartwright/observability/context";
import { servedAttributes } from "@cartwright/observability/http-attributes";
import type { Logger } from "@cartwright/observability/logger";
import { noTracing, type Tracing } from "@cartwright/observability/tracing";
import cors from "cors";
import express, { type Express, type Request, type Response } from "express";
import { aboutRoutes } from "./about.ts";
import { docsPage } from "./docs-page.ts";
import { limitRequest } from "./limit-request.ts";
import type { Upstreams } from "./of-each.ts";
import { observeRequest } from "./observe-request.ts";
import type { RateLimiter } from "./rate-limiter.ts";
import { destinationOf, type Destination } from "./route-table.ts";
import { stripIdentity } from "./strip-identity.ts";
import { traceOfRequest } from "./trace-of-request.ts";
import { unavailable } from "./unavailable.ts";

export type GatewayOptions = {
  readonly upstreams: Upstreams;
  readonly tokens: TokenVerifier;
  readonly rateLimiter: RateLimiter;
  readonly logger: Logger;
  readonly tracing?: Tracing;
  /** Web origins whose pages may call the API. */
  readonly allowedOrigins?: readonly string[];
  /** Reverse proxies in front of the gateway, whose `X-Forwarded-For` is believed. */
  readonly trustedProxies?: number;
  /** Whether callers' traces are continued as they say, instead of linked to ours. */
  readonly trustTraceparent?: boolean;
};

/** The one door: finds the service, checks the token, counts the request, hands it on. */
export function createGateway(options: GatewayOptions): Express {
  const { allowedOrigins = [], trustedProxies = 0 } = options;
  activeRequests.add(0, { service: "gateway" }); // shown before the first request
  const app = express();
  app.disable("etag");
  app.disable("x-powered-by");
  app.set("trust proxy", trustedProxies);
  if (allowedOrigins.length > 0) app.use(cors(corsFor(allowedOrigins)));
  app.use(aboutRoutes(options));
  app.use("/docs", docsPage());
  app.use(dispatch(options));
  return app;
}

const corsFor = (origins: readonly string[]) => ({
  origin: [...origins],
  maxAge: 600,
  exposedHeaders: [
    "etag",
    "location",
    "x-correlation-id",
    "idempotent-replayed",
    "ratelimit",
    "ratelimit-policy",
    "retry-after",
    "traceparent",
  ],
});

function dispatch(options: GatewayOptions) {
  const { tracing = noTracing, trustTraceparent = false } = options;
  return (request: Request, response: Response): Promise<void> => {
    const begun = performance.now();
    activeRequests.add(1, { service: "gateway" });
    const { method, url } = request;
    const received = traceOfRequest(request.headers, trustTraceparent);
    return tracing
      .span(`gateway ${method}`, received, async (cause, annotate) => {
        handOn(cause, request, response);
        try {
          await admit(request, response, options);
        } catch (error) {
          await refuse(error, cause, request, response, options.logger);
        }
        const status = response.statusCode;
        annotate?.(
          servedAttributes({ method, url, scheme: request.protocol, status }),
        );
        observeRequest({ method, url, status, begun }, cause);
      })
      .finally(() => activeRequests.add(-1, { service: "gateway" }));
  };
}

/** The flow and the trace, to the service and back to the caller. */
function handOn(cause: Cause, request: Request, response: Response): void {
  request.headers["x-correlation-id"] = cause.correlationId;
  response.setHeader("x-correlation-id", cause.correlationId);
  if (!cause.traceparent) return;
  request.headers["traceparent"] = cause.traceparent;
  response.setHeader("traceparent", cause.traceparent);
}

async function admit(
  request: Request,
  response: Response,
  { upstreams, tokens, rateLimiter }: GatewayOptions,
): Promise<void> {
  const destination = destinationOf(request.method, request.url);
  if (!destination) throw new Refusal("not-found", "There is nothing here.");
  const address = request.ip ?? "unknown";
  const count = (caller: string) =>
    limitRequest(rateLimiter, destination.rate, caller, response);
  const user = await callerOf(request, destination, tokens).catch(
    async (refusal: unknown) => {
      await count(address);
      throw refusal;
    },
  );
  await count(user?.id ?? address);
  stripIdentity(request);
  request.url = destination.url;
  await upstreams[destination.service]
    .forward(request, response)
    .catch((error: unknown) => {
      throw unavailable(destination.service, error);
    });
}

async function callerOf(
  request: Request,
  { token, isLeftToService }: Destination,
  tokens: TokenVerifier,
): Promise<Principal | undefined> {
  const { authorization } = request.headers;
  if (token === "ignored") {
    delete request.headers.authorization;
    return undefined;
  }
  const user = await authenticate(authorization, tokens);
  if (user || token === "optional" || isLeftToService) return user;
  throw new Refusal("token-missing", "This needs an access token.");
}

async function refuse(
  error: unknown,
  cause: Cause,
  request: Request,
  response: Response,
  logger: Logger,
): Promise<void> {
  const { method, path } = request;
  withCause(cause, () => {
    if (isUnforeseen(error))
      logger.error("request failed", { method, path, error });
    else if (error instanceof Refusal && error.cause)
      logger.warn("no answer", { method, path, error: error.cause });
  });
  const { correlationId } = cause;
  await sendReply(response, problemReply(error, { correlationId }));
}
