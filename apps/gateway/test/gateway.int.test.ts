import { httpUpstream } from "../src/http-upstream.ts";
import type { Upstream } from "../src/upstream.ts";
import type { Express } from "express";
import { seconds } from "@cartwright/kernel/duration";
import { silentLogger } from "@cartwright/observability/logger";
import { eventually } from "@cartwright/testing/eventually";
import request from "supertest";
import {
  aGateway,
  listeners,
  serving,
  stopAll,
  upstreamElsewhere,
  upstreamHere,
} from "./fixtures.ts";

afterEach(stopAll);

/** For how long a service that is told to stop goes on answering, by the chart. */
const LINGER = seconds(5);

const nobody = () =>
  httpUpstream({ name: "catalog", url: "http://127.0.0.1:1" });

describe.each<[string, () => Upstream | Promise<Upstream>]>([
  ["in the same process", upstreamHere],
  ["over HTTP", upstreamElsewhere],
])("a service %s", (_where, makeUpstream) => {
  let gateway: Express;
  beforeEach(async () => {
    gateway = await aGateway({ upstream: await makeUpstream() });
  });

  const product = (id: string) =>
    request(gateway).get(`/api/v1/products/${id}`);

  it("is reached by its path, in the newest version where none is named", async () => {
    const named = await product("7?q=a%20b");
    const unnamed = await request(gateway).get("/api/products/7?q=a%20b");
    expect(named.status).toBe(200);
    expect(named.body).toMatchObject({ id: "7", q: "a b" });
    expect(unnamed.body).toMatchObject({ id: "7", q: "a b" });
  });

  it("gets the body and the token, and its answer comes back as it is", async () => {
    const answer = await request(gateway)
      .post("/api/orders")
      .set("authorization", "Bearer ann")
      .send({ sku: "cup" });
    expect(answer.status).toBe(201);
    expect(answer.headers["location"]).toBe("/api/v1/orders/1");
    expect(answer.body).toEqual({ sku: "cup", by: "ann" });
  });

  it("answers without a body too", async () => {
    const answer = await request(gateway)
      .delete("/api/v1/orders/1")
      .set("authorization", "Bearer ann");
    expect(answer.status).toBe(204);
  });

  it("refuses in its own words", async () => {
    const missing = await product("none");
    expect(missing.status).toBe(404);
    expect(missing.body).toMatchObject({
      code: "not-found",
      detail: "No such product.",
    });

    const order = request(gateway)
      .post("/api/orders")
      .set("authorization", "Bearer ann");
    const malformed = await order.type("json").send("{");
    expect(malformed.body).toMatchObject({ code: "malformed-json" });
  });

  it("refuses a body over 256 KiB", async () => {
    const answer = await request(gateway)
      .post("/api/v1/orders")
      .set("authorization", "Bearer ann")
      .send({ sku: "cup", note: "x".repeat(262_144) });
    expect(answer.status).toBe(413);
    expect(answer.body).toMatchObject({ code: "body-too-large" });
  });

  it("sees nobody's word for who is calling", async () => {
    const { body } = await product("7").set({
      "x-user-id": "root",
      "x-user-roles": "operator",
      "x-auth-request-email": "root@shop.example",
      "x-authenticated-userid": "root",
      "x-forwarded-user": "root",
      "x-correlation-id": "flow-1",
      "x-request-id": "kept",
    });
    const { headers, user } = body as {
      headers: Record<string, string>;
      user?: string;
    };
    expect(user).toBeUndefined();
    expect(JSON.stringify(headers)).not.toContain("root");
    expect(headers).toMatchObject({
      "x-correlation-id": "flow-1",
      "x-request-id": "kept",
    });
  });

  it("works in the flow and the trace that the caller is told", async () => {
    const { body, headers } = await product("7");
    const { cause } = body as {
      cause: { correlationId: string; traceparent: string };
    };
    expect(headers["x-correlation-id"]).toBe(cause.correlationId);
    expect(headers["traceparent"]?.slice(3, 35)).toBe(
      cause.traceparent.slice(3, 35),
    );
  });

  it("works in a trace that no stranger has named", async () => {
    const stranger = "4bf92f3577b34da6a3ce929d0e0e4736";
    const { body, headers } = await product("7").set({
      traceparent: `00-${stranger}-00f067aa0ba902b7-01`,
      tracestate: "theirs=1",
    });
    const { cause, headers: handedOn } = body as {
      cause: { traceparent: string };
      headers: Record<string, string>;
    };
    expect(cause.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
    expect(JSON.stringify([headers, handedOn])).not.toContain(stranger);
    expect(handedOn).not.toHaveProperty("tracestate");
  });

  it("sends events while they happen, and stops when the listener goes", async () => {
    const url = await serving(gateway);
    const listening = new AbortController();
    const answer = await fetch(`${url}/api/v1/orders/1/events`, {
      headers: { authorization: "Bearer ann" },
      signal: listening.signal,
    });
    expect(answer.headers.get("content-type")).toBe("text/event-stream");
    const reader = answer.body
      ?.pipeThrough(new TextDecoderStream())
      .getReader();
    let seen = "";
    while (!seen.includes("id: 3")) seen += (await reader?.read())?.value ?? "";
    expect(listeners.count).toBe(1);

    listening.abort();
    await eventually(() => expect(listeners.count).toBe(0));
  });

  it.each([undefined, "Bearer ann"])(
    "says which methods a public path takes, with the token %p",
    async (authorization) => {
      for (const [method, path, allow] of [
        ["patch", "auth/login", "POST"],
        ["delete", "products/7", "GET, HEAD, PUT"],
        ["options", "products/7", "GET, HEAD, PUT"],
      ] as const) {
        const asked = request(gateway)[method](`/api/v1/${path}`);
        const answer = await (authorization
          ? asked.set({ authorization })
          : asked);
        expect(answer.status).toBe(405);
        expect(answer.headers["allow"]).toBe(allow);
      }
    },
  );

  it("still needs a token for what is not public of a public path", async () => {
    const answer = await request(gateway).put("/api/v1/products/7");
    expect(answer.status).toBe(401);
    expect(answer.body).toMatchObject({ code: "token-missing" });
  });

  it.each(["auth/login", "auth/refresh", "auth/logout", "oauth/token"])(
    "lets an old token not stand in the way of %s",
    async (path) => {
      const answer = await request(gateway)
        .post(`/api/v1/${path}`)
        .set("authorization", "Bearer expired")
        .send({});
      expect(answer.body).toEqual({ user: null });
    },
  );

  it("tells whoever reads with an old token, where none is needed", async () => {
    const answer = await product("7").set("authorization", "Bearer expired");
    expect(answer.status).toBe(401);
    expect(answer.headers["www-authenticate"]).toContain("invalid_token");
    expect(answer.body).toMatchObject({ code: "token-expired" });
  });
});

describe("the door", () => {
  it.each([
    ["no token", undefined, "token-missing"],
    ["an expired token", "Bearer expired", "token-expired"],
    ["a password", "Basic YTpi", "token-invalid"],
  ])(
    "stays shut for %s, and the service hears nothing",
    async (_what, authorization, code) => {
      const gateway = await aGateway({ upstream: nobody() });
      const asked = request(gateway).get("/api/v1/orders");
      const answer = await (authorization
        ? asked.set({ authorization })
        : asked);
      expect(answer.status).toBe(401);
      expect(answer.headers["content-type"]).toBe("application/problem+json");
      expect(answer.body).toMatchObject({
        code,
        correlationId: answer.headers["x-correlation-id"],
      });
    },
  );

  it("leads nowhere but to the services", async () => {
    const gateway = await aGateway({ upstream: nobody() });
    for (const path of [
      "/api/v2/orders",
      "/metrics",
      "/api/v1/%2e%2e/orders",
      "/%ff",
    ]) {
      const answer = await request(gateway).get(path);
      expect(answer.status).toBe(404);
      expect(answer.body).toMatchObject({ code: "not-found" });
    }
  });

  it("answers pages of allowed origins only", async () => {
    const allowedOrigins = ["https://shop.example"];
    const gateway = await aGateway({
      upstream: upstreamHere(),
      allowedOrigins,
    });
    const preflight = (origin: string) =>
      request(gateway)
        .options("/api/v1/orders")
        .set({ origin, "access-control-request-method": "POST" });

    const allowed = await preflight("https://shop.example");
    expect(allowed.status).toBe(204);
    expect(allowed.headers["access-control-allow-origin"]).toBe(
      "https://shop.example",
    );
    const foreign = await preflight("https://evil.example");
    expect(foreign.headers).not.toHaveProperty("access-control-allow-origin");
  });
});

describe("a service that fails", () => {
  it("is a 503 that says when to come back", async () => {
    const gateway = await aGateway({ upstream: nobody() });
    const answer = await request(gateway).get("/api/v1/products/1");
    expect(answer.status).toBe(503);
    expect(answer.headers["retry-after"]).toBe("1");
    expect(answer.body).toMatchObject({
      code: "service-unavailable",
      service: "catalog",
    });
    expect(answer.text).not.toContain("127.0.0.1");
  });

  it("is told of in the log with the reason", async () => {
    const lines: unknown[] = [];
    const warn = (...line: unknown[]) => void lines.push(line);
    const logger = { ...silentLogger, warn };
    const gateway = await aGateway({ upstream: nobody(), logger });
    await request(gateway).get("/api/v1/products/1").expect(503);
    expect(lines).toEqual([
      [
        "no answer",
        expect.objectContaining({
          path: "/api/v1/products/1",
          error: expect.objectContaining({ code: "ECONNREFUSED" }),
        }),
      ],
    ]);
  });

  it("is asked once more what can be asked twice, when the connection breaks before an answer", async () => {
    const asked: string[] = [];
    const url = await serving((asking, response) => {
      const from = String(asking.headers["x-forwarded-for"]);
      asked.push(`${asking.method} from ${from.split(",").length} address`);
      if (asked.length % 2 === 1) asking.socket.resetAndDestroy();
      else response.end("{}");
    });
    const catalog = httpUpstream({ name: "catalog", url });
    const gateway = await aGateway({ upstream: catalog });

    await request(gateway).get("/api/v1/products/1").expect(200);
    await request(gateway).get("/api/v1/products/1").expect(200);
    expect(asked).toEqual(Array(4).fill("GET from 1 address"));

    await request(gateway)
      .put("/api/v1/products/1")
      .set("authorization", "Bearer ada")
      .send({ name: "Mug" })
      .expect(503);
    expect(asked).toHaveLength(5);
  });

  it("is asked a second time, not a third", async () => {
    let asked = 0;
    const url = await serving((asking) => {
      asked += 1;
      asking.socket.resetAndDestroy();
    });
    const catalog = httpUpstream({ name: "catalog", url });
    const gateway = await aGateway({ upstream: catalog });
    await request(gateway).get("/api/v1/products/1").expect(503);
    expect(asked).toBe(2);
  });

  it("finds no connection that it could close just when it is used", async () => {
    let asked = 0;
    const closed: string[] = [];
    const url = await serving((asking, response) => {
      asking.socket.once("end", () => closed.push("by the gateway"));
      asked += 1;
      void eventually(() => expect(asked).toBeGreaterThanOrEqual(3)).then(() =>
        response.end("{}"),
      );
    });
    const catalog = httpUpstream({ name: "catalog", url });
    const gateway = await aGateway({ upstream: catalog });
    const get = () => request(gateway).get("/api/v1/products/1").expect(200);
    await Promise.all([get(), get(), get()]);
    await eventually(() => expect(closed).toHaveLength(3), { within: LINGER });
  });

  it("is left alone after a while, and the other services go on", async () => {
    let asked = 0;
    const url = await serving((_request, response) => {
      asked += 1;
      response.statusCode = 500;
      response.end('{"code":"internal-error"}');
    });
    const gateway = await aGateway({
      upstream: upstreamHere(),
      others: { catalog: httpUpstream({ name: "catalog", url }) },
    });

    const statuses: number[] = [];
    for (let n = 0; n < 20; n += 1) {
      statuses.push((await request(gateway).get("/api/v1/products/1")).status);
    }

    expect(asked).toBeLessThan(15);
    expect(new Set(statuses)).toEqual(new Set([500, 503]));
    const left = await request(gateway).get("/api/v1/products/1");
    expect(left.headers["retry-after"]).toBe("5");
    const login = await request(gateway).post("/api/v1/auth/login").send({});
    expect(login.status).toBe(200);
  });

  it("is not left alone for refusing", async () => {
    const gateway = await aGateway({ upstream: await upstreamElsewhere() });
    for (let n = 0; n < 30; n += 1) {
      await request(gateway).get("/api/v1/products/none").expect(404);
    }
  });

  it("is not waited for past the deadline", async () => {
    const url = await serving(() => undefined);
    const upstream = httpUpstream({ name: "catalog", url, deadline: 50 });
    const gateway = await aGateway({ upstream });
    const answer = await request(gateway).get("/api/v1/products/1");
    expect(answer.status).toBe(503);
    expect(answer.body).toMatchObject({ code: "deadline-exceeded" });
  });
});

describe("what the gateway says of itself", () => {
  const failing = {
    name: "database",
    health: () => ({ status: "failing" as const }),
  };
  const degraded = {
    name: "kafka",
    health: () => ({ status: "degraded" as const }),
  };

  it("leads from the landing page to everything else", async () => {
    const gateway = await aGateway({ upstream: upstreamHere() });
    const { body } = await request(gateway).get("/");
    expect(body).toMatchObject({
      documentation: "/docs",
      openapi: "/openapi.json",
    });
  });

  it("tells how every service is", async () => {
    const gateway = await aGateway({ upstream: upstreamHere([degraded]) });
    const answer = await request(gateway).get("/health");
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      status: "degraded",
      services: { order: { status: "degraded", parts: { kafka: {} } } },
    });
  });

  it("tells strangers how parts are, and the log why", async () => {
    const detail = "connect ECONNREFUSED 10.1.2.3:5432 of user order";
    const unreachable = {
      name: "database",
      health: () => ({ status: "failing" as const, detail }),
    };
    const lines: unknown[] = [];
    const warn = (...line: unknown[]) => void lines.push(line);
    const gateway = await aGateway({
      upstream: upstreamHere([unreachable]),
      logger: { ...silentLogger, warn },
    });
    const { body, text } = await request(gateway).get("/health");
    expect(body).toMatchObject({
      services: {
        order: {
          status: "failing",
          parts: { database: { status: "failing" } },
        },
      },
    });
    expect(text).not.toContain("10.1.2.3");
    expect(lines).toHaveLength(1);
    expect(JSON.stringify(lines)).toContain(detail);
  });

  it("asks the services once for a crowd, and again after a second", async () => {
    let asked = 0;
    let status: "up" | "failing" = "failing";
    const counting = {
      name: "database",
      health: () => {
        asked += 1;
        return { status };
      },
    };
    const gateway = await aGateway({
      upstream: upstreamHere(),
      others: { catalog: upstreamHere([counting]) },
    });
    const look = () => request(gateway).get("/health");
    const crowd = await Promise.all(Array.from({ length: 20 }, look));
    expect(new Set(crowd.map((answer) => answer.status))).toEqual(
      new Set([503]),
    );
    expect(asked).toBe(1);
    status = "up";
    await eventually(async () => expect((await look()).status).toBe(200));
    expect(asked).toBe(2);
  });

  it("reports a failing and an absent service as failing, yet is ready itself", async () => {
    const gateway = await aGateway({
      upstream: upstreamHere([failing]),
      others: { analytics: nobody() },
    });
    const answer = await request(gateway).get("/health");
    expect(answer.status).toBe(503);
    expect(answer.body).toMatchObject({
      status: "failing",
      services: {
        analytics: { status: "failing" },
        order: { status: "failing" },
      },
    });
    await request(gateway).get("/health/ready").expect(200);
    await request(gateway).get("/health/live").expect(200);
  });

  it("describes the routes of all services that answer", async () => {
    const gateway = await aGateway({
      upstream: await upstreamElsewhere(),
      others: { analytics: nobody() },
    });
    const { body } = await request(gateway).get("/openapi.json");
    expect(Object.keys((body as { paths: object }).paths)).toEqual([
      "/api/v1/products/{id}",
      "/api/v1/orders",
      "/api/v1/orders/{id}",
      "/api/v1/orders/{id}/events",
      "/api/v1/auth/login",
      "/api/v1/auth/refresh",
      "/api/v1/auth/logout",
      "/api/v1/oauth/token",
    ]);
    expect(body).toMatchObject({
      paths: {
        "/api/v1/orders": {
          post: { responses: { 429: { description: "rate-limited" } } },
        },
      },
    });
  });

  it("serves the documentation with everything it needs, from itself", async () => {
    const gateway = await aGateway({ upstream: upstreamHere() });
    const page = await request(gateway).get("/docs");
    expect(page.status).toBe(200);
    expect(page.text).not.toMatch(/https?:\/\//);
    const parts = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)];
    expect(parts).toHaveLength(4);
    for (const [, path = ""] of parts)
      await request(gateway).get(path).expect(200);
    await request(gateway).get("/docs/package.json").expect(404);
  });
});
