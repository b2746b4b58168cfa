import { healthOf, liveReply, readyReply } from "@cartwright/http/health";
import type { OpenApi } from "@cartwright/http/openapi";
import { ok, type Reply } from "@cartwright/http/reply";
import { sendReply } from "@cartwright/http/send-reply";
import { Router, type RequestHandler } from "express";
import type { GatewayOptions } from "./gateway.ts";
import { mergedOpenApi } from "./merged-openapi.ts";
import { ofEach, type Upstreams } from "./of-each.ts";
import { platformHealth } from "./platform-health.ts";
import { sharedAnswer } from "./shared-answer.ts";

/** What the gateway answers itself: the landing page, health and the API's description. */
export function aboutRoutes(options: GatewayOptions): Router {
  const { upstreams, logger } = options;
  const about = {
    ...options,
    health: sharedAnswer(platformHealth(upstreams, logger)),
    describe: sharedAnswer(describing(upstreams)),
  };
  const router = Router();
  for (const { path, reply } of aboutPages) {
    const handler: RequestHandler = async (_request, response) =>
      sendReply(response, await reply(about));
    router.get(path, handler);
  }
  return router;
}

type About = GatewayOptions & {
  readonly health: () => Promise<Reply>;
  readonly describe: () => Promise<OpenApi>;
};

type Page = {
  readonly path: string;
  readonly summary: string;
  readonly reply: (about: About) => Promise<Reply>;
};

/** As data, so that the reference knows them too. */
export const aboutPages: readonly Page[] = [
  {
    path: "/",
    summary: "where things are",
    reply: async () => ok(landing),
  },
  {
    path: "/health",
    summary: "every service's readiness, and the worst of them",
    reply: ({ health }) => health(),
  },
  {
    path: "/health/live",
    summary: "whether the gateway is to be started again",
    reply: async ({ rateLimiter }) => liveReply(await healthOf([rateLimiter])),
  },
  {
    path: "/health/ready",
    summary: "whether the gateway is to be given requests",
    reply: async ({ rateLimiter }) => readyReply(await healthOf([rateLimiter])),
  },
  {
    path: "/openapi.json",
    summary: "the API's description, of all services in one document",
    reply: async ({ describe }) => ok(await describe()),
  },
];

const landing = {
  name: "Cartwright",
  api: "/api/v1",
  documentation: "/docs",
  openapi: "/openapi.json",
  health: "/health",
};

/** The merged document, kept once every service has contributed. */
function describing(upstreams: Upstreams): () => Promise<OpenApi> {
  let complete: OpenApi | undefined;
  return async () => {
    if (complete) return complete;
    const documents = await ofEach(upstreams, (upstream) => upstream.openApi());
    const merged = mergedOpenApi(documents);
    if (Object.values(documents).every(Boolean)) complete = merged;
    return merged;
  };
}
