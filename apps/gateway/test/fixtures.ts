import { scopesOf, type Principal } from "@cartwright/auth/principal";
import type { TokenVerifier } from "@cartwright/auth/verifier";
import { serviceNames, type ServiceName } from "@cartwright/contracts/services";
import { createApp } from "@cartwright/http/app";
import { created, events, noContent, ok } from "@cartwright/http/reply";
import { del, get, post, put, type Route } from "@cartwright/http/route";
import { httpServer, type HttpServer } from "@cartwright/http/server";
import { seconds } from "@cartwright/kernel/duration";
import type { Part } from "@cartwright/kernel/part";
import { Refusal } from "@cartwright/kernel/refusal";
import { silentLogger } from "@cartwright/observability/logger";
import type { RequestListener } from "node:http";
import { setTimeout } from "node:timers/promises";
import { z } from "zod";
import { createGateway, type GatewayOptions } from "../src/gateway.ts";
import { httpUpstream } from "../src/http-upstream.ts";
import { inProcessUpstream } from "../src/in-process-upstream.ts";
import { rateLimiter } from "../src/rate-limiter.ts";
import type { Upstream } from "../src/upstream.ts";

/** Tokens that are the user's name. */
export const namedTokens: TokenVerifier = {
  verify: (name) =>
    name === "expired"
      ? Promise.reject(new Refusal("token-expired", "Expired."))
      : Promise.resolve<Principal>({
          id: name,
          roles: ["customer"],
          scopes: new Set(scopesOf(["customer"])),
        }),
};

const anything = { 200: z.any() };

/** How many listeners to events there are. */
export const listeners = { count: 0 };

async function* untilStopped() {
  listeners.count += 1;
  try {
    for (let n = 1; ; n += 1) {
      yield { id: String(n), data: n };
      await setTimeout(5);
    }
  } finally {
    listeners.count -= 1;
  }
}

/** Enough of a shop to see what reaches a service and what comes back. */
export const shopRoutes: readonly Route[] = [
  get("/api/v1/products/:id", {
    summary: "A product",
    access: "public",
    params: z.object({ id: z.string() }),
    query: z.object({ q: z.string().optional() }),
    responses: anything,
    refusals: ["not-found"],
    handle: async ({ params, query, user, headers, cause }) => {
      if (params.id === "none")
        throw new Refusal("not-found", "No such product.");
      return ok({ id: params.id, q: query.q, user: user?.id, headers, cause });
    },
  }),
  put("/api/v1/products/:id", {
    summary: "Change a product",
    access: "catalog.write",
    responses: { 204: z.undefined() },
    handle: async () => noContent(),
  }),
  post("/api/v1/orders", {
    summary: "Place an order",
    access: "orders.write",
    body: z.strictObject({ sku: z.string(), note: z.string().optional() }),
    responses: { 201: z.any() },
    handle: async ({ body, user }) =>
      created({ ...body, by: user.id }, { location: "/api/v1/orders/1" }),
  }),
  del("/api/v1/orders/:id", {
    summary: "Forget an order",
    access: "orders.write",
    responses: { 204: z.undefined() },
    handle: async () => noContent(),
  }),
  get("/api/v1/orders/:id/events", {
    summary: "What happens to an order",
    access: "orders.read",
    responses: anything,
    handle: async () => events(untilStopped()),
  }),
  ...["auth/login", "auth/refresh", "auth/logout", "oauth/token"].map((path) =>
    post(`/api/v1/${path}`, {
      summary: "Log in, or stay so, or no more",
      access: "public",
      body: z.object({}),
      responses: anything,
      handle: async ({ user }) => ok({ user: user?.id ?? null }),
    }),
  ),
];

export const generous = { requests: 10_000, window: seconds(10) };

const running: Part[] = [];

/** Stops whatever the test has started. */
export async function stopAll(): Promise<void> {
  for (const part of running.splice(0)) await part.stop?.();
}

export async function serving(app: RequestListener): Promise<string> {
  const server: HttpServer = httpServer({
    app,
    host: "127.0.0.1",
    port: 0,
    logger: silentLogger,
    drain: 200,
  });
  await server.start?.();
  running.push(server);
  return `http://127.0.0.1:${server.port()}`;
}

export const shopApp = (parts: readonly Part[] = []) =>
  createApp({
    name: "shop",
    routes: shopRoutes,
    tokens: namedTokens,
    logger: silentLogger,
    parts,
  });

export const upstreamHere = (parts: readonly Part[] = []): Upstream =>
  inProcessUpstream({
    name: "shop",
    app: shopApp(parts),
    routes: shopRoutes,
    refusals: {},
    parts,
  });

export const upstreamElsewhere = async (): Promise<Upstream> =>
  httpUpstream({ name: "catalog", url: await serving(shopApp()) });

type Shop = Partial<Omit<GatewayOptions, "upstreams">> & {
  readonly upstream: Upstream;
  readonly others?: Partial<Record<ServiceName, Upstream>>;
};

/** A gateway whose services are all the same shop, unless told otherwise. */
export async function aGateway({ upstream, others, ...options }: Shop) {
  const all = serviceNames.map((name) => [name, upstream] as const);
  return createGateway({
    upstreams: {
      ...(Object.fromEntries(all) as Record<ServiceName, Upstream>),
      ...others,
    },
    tokens: namedTokens,
    logger: silentLogger,
    rateLimiter: await rateLimiter({
      limits: { default: generous, login: generous },
      logger: silentLogger,
    }),
    ...options,
  });
}
