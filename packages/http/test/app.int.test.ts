import type { Part, PartHealth } from "@cartwright/kernel/part";
import { Refusal } from "@cartwright/kernel/refusal";
import { knownCause } from "@cartwright/observability/context";
import { createLogger } from "@cartwright/observability/logger";
import { PassThrough } from "node:stream";
import request from "supertest";
import { z } from "zod";
import { events, noContent, ok } from "../src/reply.ts";
import { get, post, type RequestOf } from "../src/route.ts";
import type { Reply } from "../src/reply.ts";
import { testApp } from "./test-app.ts";

type AnyRequest = RequestOf<z.ZodType, undefined, undefined, "public">;

/** An app with one public route that does as told. */
const appWith = (
  handle: (request: AnyRequest) => Promise<Reply>,
  more: Partial<Parameters<typeof testApp>[0]> = {},
) =>
  testApp({
    routes: [
      get("/it/:id", {
        summary: "It",
        access: "public",
        params: z.object({ id: z.string() }),
        responses: { 200: z.object({}) },
        handle,
      }),
    ],
    ...more,
  });

it("turns a domain refusal into the status its service's table names", async () => {
  const app = appWith(
    () =>
      Promise.reject(
        new Refusal("price-changed", "It costs more.", { prices: [7] }),
      ),
    { refusals: { "price-changed": 409 } },
  );
  const answer = await request(app).get("/it/1");
  expect(answer.status).toBe(409);
  expect(answer.body).toMatchObject({
    type: "urn:cartwright:problem:price-changed",
    title: "Price changed",
    detail: "It costs more.",
    code: "price-changed",
    prices: [7],
  });
});

it("says nothing of an unforeseen error but logs it once", async () => {
  const stream = new PassThrough();
  const logger = createLogger({ service: "test", level: "info", stream });
  const app = appWith(() => Promise.reject(new Error("secret table users")), {
    logger,
  });

  const answer = await request(app).get("/it/1");

  expect(answer.status).toBe(500);
  expect(answer.body).toEqual({
    type: "urn:cartwright:problem:internal-error",
    title: "Internal error",
    status: 500,
    detail: "Something went wrong on our side.",
    code: "internal-error",
    correlationId: answer.headers["x-correlation-id"],
  });
  const lines = String(stream.read()).trim().split("\n");
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain("secret table users");
  expect(lines[0]).toContain(String(answer.headers["x-correlation-id"]));
});

it("asks to try again when the database does not answer", async () => {
  const refused = Object.assign(new Error("connect"), { code: "ECONNREFUSED" });
  const answer = await request(appWith(() => Promise.reject(refused))).get(
    "/it/1",
  );
  expect(answer.status).toBe(503);
  expect(answer.headers["retry-after"]).toBe("1");
  expect(answer.body).toMatchObject({ code: "service-unavailable" });
});

it("carries the caller's flow and trace into the handler and back", async () => {
  const traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00";
  const app = appWith(async ({ cause }) => ok([cause, knownCause()]));
  const answer = await request(app)
    .get("/it/1")
    .set({ traceparent, "x-correlation-id": "flow-1" });

  const cause = { correlationId: "flow-1", traceparent };
  expect(answer.body).toEqual([cause, cause]);
  expect(answer.headers).toMatchObject({
    traceparent,
    "x-correlation-id": "flow-1",
  });
});

it("begins a flow of its own in place of a malformed one", async () => {
  const app = appWith(async ({ cause }) => ok(cause));
  const answer = await request(app)
    .get("/it/1")
    .set({ traceparent: "junk", "x-correlation-id": "a b\tc" });
  expect(answer.body).toMatchObject({
    correlationId: expect.stringMatching(/^[0-9a-f-]{36}$/) as unknown,
    traceparent: expect.stringMatching(/^00-/) as unknown,
  });
});

it("answers 503 at the deadline and tells the handler to stop", async () => {
  let reason: unknown;
  const app = appWith(
    async ({ signal }) => {
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
      reason = signal.reason;
      return ok("late");
    },
    { deadline: 30 },
  );
  const answer = await request(app).get("/it/1");
  expect(answer.status).toBe(503);
  expect(answer.body).toMatchObject({ code: "deadline-exceeded" });
  expect(reason).toMatchObject({ code: "deadline-exceeded" });
});

it("checks a token on a public route when one is sent", async () => {
  const app = appWith(async ({ user }) => ok({ id: user?.id ?? null }));
  const as = (token: string) =>
    request(app).get("/it/1").set("authorization", `Bearer ${token}`);
  expect((await as("ann")).body).toEqual({ id: "ann" });
  expect((await as("nobody")).status).toBe(401);
  expect((await request(app).get("/it/1")).body).toEqual({ id: null });
});

it("hands a webhook its bytes as they came", async () => {
  const seen: string[] = [];
  const app = testApp({
    routes: [
      post("/hook", {
        summary: "Hook",
        access: "public",
        body: z.object({ a: z.number() }),
        responses: { 204: z.undefined() },
        handle: async ({ rawBody, headers }) => {
          seen.push(rawBody.toString(), String(headers["x-signature"]));
          return noContent();
        },
      }),
    ],
  });
  const answer = await request(app)
    .post("/hook")
    .set({ "content-type": "application/json", "x-signature": "s" })
    .send('{ "a" : 1 }');
  expect(answer.status).toBe(204);
  expect(answer.text).toBe("");
  expect(seen).toEqual(['{ "a" : 1 }', "s"]);
});

it("takes form encoding where the route says so", async () => {
  const app = testApp({
    routes: [
      post("/oauth/token", {
        summary: "Token",
        access: "public",
        form: true,
        body: z.strictObject({ grant_type: z.string() }),
        responses: { 200: z.object({}) },
        handle: async ({ body }) => ok(body),
      }),
    ],
  });
  const answer = await request(app)
    .post("/oauth/token")
    .type("form")
    .send("grant_type=x");
  expect(answer.body).toEqual({ grant_type: "x" });
});

it("streams events as they happen and ends the source when the client goes", async () => {
  let ended = false;
  async function* source() {
    try {
      yield { id: "1", event: "placed", data: { a: 1 } };
      yield { data: "two" };
    } finally {
      ended = true;
    }
  }
  const answer = await request(appWith(async () => events(source()))).get(
    "/it/1",
  );
  expect(answer.headers["content-type"]).toBe("text/event-stream");
  expect(answer.text).toBe(
    ': connected\n\nid: 1\nevent: placed\ndata: {"a":1}\n\ndata: "two"\n\n',
  );
  expect(ended).toBe(true);
});

const aPart = (name: string, status: PartHealth["status"]): Part => ({
  name,
  health: () => ({ status }),
});

it.each([
  ["up", 200, 200],
  ["degraded", 200, 200],
  ["failing", 503, 200],
  ["dead", 503, 503],
] as const)("reports a part that is %s", async (status, ready, live) => {
  const parts = [
    aPart("database", "up"),
    aPart("consumer", status),
    { name: "quiet" },
  ];
  const app = testApp({ routes: [], parts });
  const readiness = await request(app).get("/health/ready");
  expect(readiness.status).toBe(ready);
  expect(readiness.body).toEqual({
    status,
    parts: { database: { status: "up" }, consumer: { status } },
  });
  expect((await request(app).get("/health/live")).status).toBe(live);
});

it("takes a part that cannot say how it is for failing", async () => {
  const broken: Part = {
    name: "database",
    health: () => Promise.reject(new TypeError("x")),
  };
  const answer = await request(testApp({ routes: [], parts: [broken] })).get(
    "/health/ready",
  );
  expect(answer.status).toBe(503);
  expect(answer.body).toMatchObject({
    parts: { database: { detail: "TypeError" } },
  });
});

it("takes a part that is too busy to say how it is for degraded, and does not wait for it", async () => {
  const busy: Part = {
    name: "database",
    health: () => new Promise<PartHealth>(() => undefined),
  };
  const app = testApp({ routes: [], parts: [busy, aPart("quick", "up")] });
  const answers = await Promise.all(
    ["live", "ready"].map((kind) => request(app).get(`/health/${kind}`)),
  );
  expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  expect(answers[1]?.body).toMatchObject({
    status: "degraded",
    parts: { database: { detail: "no answer in time" } },
  });
});
