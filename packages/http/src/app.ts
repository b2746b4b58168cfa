import type { TokenVerifier } from "@cartwright/auth/verifier";
import { seconds, type Duration } from "@cartwright/kernel/duration";
import type { Part } from "@cartwright/kernel/part";
import type { Logger } from "@cartwright/observability/logger";
import { noTracing, type Tracing } from "@cartwright/observability/tracing";
import express, { type Express } from "express";
import {
  answer,
  answerNotFound,
  answerOtherMethods,
  answerUndecodable,
} from "./answer.ts";
import { healthOf, liveReply, readyReply } from "./health.ts";
import { openApi } from "./openapi.ts";
import type { RefusalStatuses } from "./problem.ts";
import { ok } from "./reply.ts";
import { activeRequests } from "./request-metrics.ts";
import type { Route } from "./route.ts";
import { sendReply } from "./send-reply.ts";

export type AppOptions = {
  readonly name: string;
  readonly routes: readonly Route[];
  readonly refusals?: RefusalStatuses;
  readonly tokens: TokenVerifier;
  readonly logger: Logger;
  readonly tracing?: Tracing;
  /** Those whose state makes up `/health/ready` and `/health/live`. */
  readonly parts?: readonly Part[];
  /** A request that has no answer by then gets 503. */
  readonly deadline?: Duration;
};

/** A service's routes as an Express app, to be served over HTTP or called in the same process. */
export function createApp(options: AppOptions): Express {
  const { name, routes, refusals = {}, parts = [] } = options;
  const { tracing = noTracing, deadline = seconds(30) } = options;
  const { tokens, logger } = options;
  activeRequests.add(0, { service: name }); // shown before the first request
  const app = express();
  app.disable("etag");
  app.disable("x-powered-by");
  for (const route of routes) {
    const handler = answer(route, {
      service: name,
      tokens,
      refusals,
      logger,
      tracing,
      deadline,
    });
    app[route.method](route.path, handler);
  }
  app.get("/health/live", async (_request, response) =>
    sendReply(response, liveReply(await healthOf(parts))),
  );
  app.get("/health/ready", async (_request, response) =>
    sendReply(response, readyReply(await healthOf(parts))),
  );
  app.get("/openapi.json", (_request, response) =>
    sendReply(response, ok(openApi({ title: name, routes, refusals }))),
  );
  for (const [path, sharing] of Map.groupBy(routes, ({ path }) => path)) {
    app.all(path, answerOtherMethods(sharing.map(({ method }) => method)));
  }
  app.use(answerNotFound);
  app.use(answerUndecodable);
  return app;
}
