import { minutes } from "@cartwright/kernel/duration";
import { jwksOf, localKeys } from "@cartwright/auth/jwks";
import { newSigningKey } from "@cartwright/auth/signing-key";
import { tokenSigner } from "@cartwright/auth/sign-token";
import { tokenVerifier } from "@cartwright/auth/verify-token";
import request from "supertest";
import { z } from "zod";
import { accepted, noContent, ok } from "../src/reply.ts";
import { del, get, post } from "../src/route.ts";
import { testApp } from "./test-app.ts";

const issuer = "cartwright";
const audience = "cartwright";
const key = await newSigningKey();
const foreignKey = await newSigningKey();
const ann = { id: "ann", roles: ["customer"] as const };
let now = Date.now();

const tokens = tokenVerifier({
  keys: localKeys(jwksOf([key])),
  issuer,
  audience,
  now: () => now,
});
const { token } = tokenSigner({ key, issuer, audience }).sign(ann);

const handled: unknown[] = [];
const orderBody = z.strictObject({
  items: z
    .array(
      z.strictObject({
        sku: z.string(),
        quantity: z.int().min(1).max(1_000),
      }),
    )
    .min(1)
    .max(1_000),
  note: z.string().optional(),
});
const app = testApp({
  tokens,
  routes: [
    post("/api/v1/orders", {
      summary: "Place an order",
      access: "orders.write",
      body: orderBody,
      responses: { 202: z.object({ orderId: z.string() }) },
      idempotency: "required",
      handle: async ({ body }) => {
        handled.push(body);
        return accepted({ orderId: "1" }, { location: "/api/v1/orders/1" });
      },
    }),
    get("/api/v1/orders/:orderId", {
      summary: "An order",
      access: "orders.read",
      params: z.object({ orderId: z.uuid() }),
      query: z.object({ limit: z.coerce.number().max(100).default(20) }),
      responses: { 200: z.object({}) },
      handle: async ({ params, query }) => ok({ params, query }),
    }),
    post("/api/v1/orders/:orderId/parcel", {
      summary: "Send an order",
      access: "public",
      responses: { 204: z.undefined() },
      handle: async () => {
        handled.push("parcel");
        return noContent();
      },
    }),
    del("/api/v1/orders/:orderId", {
      summary: "Forget an order",
      access: "public",
      responses: { 204: z.undefined() },
      handle: async () => {
        handled.push("forgotten");
        return noContent();
      },
    }),
    get("/api/v1/sagas", {
      summary: "Sagas",
      access: "sagas.read",
      responses: { 200: z.object({}) },
      handle: async () => ok({}),
    }),
  ],
});

beforeEach(() => {
  handled.length = 0;
  now = Date.now();
});

const place = () =>
  request(app)
    .post("/api/v1/orders")
    .set("authorization", `Bearer ${token}`)
    .set("idempotency-key", "k-1")
    .set("content-type", "application/json");

const anOrder = { items: [{ sku: "a", quantity: 1 }] };
const lines = (count: number) => ({
  items: Array.from({ length: count }, () => ({ sku: "a", quantity: 1 })),
});
const quantity = (n: unknown) => ({ items: [{ sku: "a", quantity: n }] });

it("takes a good order", async () => {
  const answer = await place().send(anOrder);
  expect(answer.status).toBe(202);
  expect(answer.headers).toMatchObject({
    location: "/api/v1/orders/1",
    "cache-control": "no-store",
    "content-type": "application/json",
  });
  expect(answer.headers).not.toHaveProperty("x-powered-by");
  expect(answer.headers).not.toHaveProperty("etag");
  expect(handled).toEqual([anOrder]);
});

const nested = `${"[".repeat(5_000)}${"]".repeat(5_000)}`;

it.each([
  ["quantity 0", 400, "validation-failed", quantity(0)],
  ["quantity -1", 400, "validation-failed", quantity(-1)],
  ["quantity 1.5", 400, "validation-failed", quantity(1.5)],
  ["quantity 10⁹", 400, "validation-failed", quantity(1e9)],
  ["quantity as text", 400, "validation-failed", quantity("1")],
  ["no items", 400, "validation-failed", { items: [] }],
  ["1,001 items", 400, "validation-failed", lines(1_001)],
  ["an unknown field", 400, "validation-failed", { ...anOrder, price: 1 }],
  ["an array", 400, "validation-failed", [anOrder]],
  ["a bare text", 400, "validation-failed", '"hello"'],
  ["no body", 400, "validation-failed", ""],
  [
    "an own __proto__",
    400,
    "validation-failed",
    '{"items":[{"sku":"a","quantity":1}],"__proto__":{"admin":true}}',
  ],
  [
    "an escaped __proto__",
    400,
    "validation-failed",
    '{"items":[],"\\u005f_proto__":{"admin":true}}',
  ],
  [
    "a constructor",
    400,
    "validation-failed",
    '{"items":[{"constructor":{"prototype":{}}}]}',
  ],
  ["a NUL character", 400, "validation-failed", { ...anOrder, note: "a\0b" }],
  [
    "half a character",
    400,
    "validation-failed",
    { ...anOrder, note: "a\ud800b" },
  ],
  ["bottomless nesting", 400, "validation-failed", nested],
  ["malformed JSON", 400, "malformed-json", '{"items":['],
  ["JSON with a trailing comma", 400, "malformed-json", '{"items":[],}'],
  [
    "a body over 256 KiB",
    413,
    "body-too-large",
    { ...anOrder, note: "x".repeat(262_144) },
  ],
])("answers %s with %i %s", async (_what, status, code, body) => {
  const answer = await place().send(body);

  expect(answer.status).toBe(status);
  expect(answer.headers["content-type"]).toBe("application/problem+json");
  expect(answer.body).toMatchObject({
    code,
    status,
    type: `urn:cartwright:problem:${code}`,
    correlationId: answer.headers["x-correlation-id"],
  });
  expect(answer.text).not.toMatch(/node_modules|\.ts\b|\bat .*:\d+/);
  expect(handled).toEqual([]);
  expect(({} as Record<string, unknown>)["admin"]).toBeUndefined();
});

it("names every fault of a body at once", async () => {
  const { body } = await place().send({
    items: [{ sku: 7, quantity: 0, colour: "red" }],
    price: 1,
    gift: true,
  });
  expect(body).toMatchObject({
    detail: "Something in the request is missing or wrong: see errors.",
    errors: [
      { path: "items.0.sku", message: "A text is expected." },
      { path: "items.0.quantity", message: "At least 1 is expected." },
      { path: "items.0.colour", message: "This field is not known." },
      { path: "price", message: "This field is not known." },
      { path: "gift", message: "This field is not known." },
    ],
  });
});

it("says that a body is missing", async () => {
  const { body } = await place().send();
  expect(body).toMatchObject({
    errors: [{ path: "body", message: "A JSON body is expected." }],
  });
});

it("names malformed JSON as such", async () => {
  const { body } = await place().send("{");
  expect(body).toMatchObject({ title: "Malformed JSON" });
});

describe("a route that takes no body", () => {
  it.each([
    ["post", "application/json", '{"amount":{"amount":100,"currency":"EUR"}}'],
    ["post", "text/plain", "{not json"],
    ["post", "application/json", "[]"],
    ["delete", "application/json", '{"reason":"old"}'],
  ] as const)("refuses a %s with the %s %s", async (method, type, body) => {
    const path = `/api/v1/orders/1${method === "post" ? "/parcel" : ""}`;
    const answer = await request(app)
      [method](path)
      .set("content-type", type)
      .send(body);
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({
      code: "validation-failed",
      errors: [{ path: "body", message: "This route takes no body." }],
    });
    expect(handled).toEqual([]);
  });

  it.each([undefined, "{}", " { }\n"])("takes %j for nothing", async (body) => {
    const answer = await request(app)
      .post("/api/v1/orders/1/parcel")
      .set("content-type", "application/json")
      .send(body);
    expect(answer.status).toBe(204);
    expect(handled).toEqual(["parcel"]);
  });
});

it.each([
  "text/plain",
  "application/x-www-form-urlencoded",
  "application/jsonp",
  "",
])("takes no content type %p", async (type) => {
  const answer = await place()
    .set("content-type", type)
    .send(JSON.stringify(anOrder));
  expect(answer.status).toBe(415);
  expect(answer.body).toMatchObject({ code: "unsupported-media-type" });
  expect(handled).toEqual([]);
});

it("takes no compressed body", async () => {
  const answer = await place().set("content-encoding", "gzip").send(anOrder);
  expect(answer.body).toMatchObject({ code: "unsupported-media-type" });
});

it.each(["application/json; charset=utf-8", "application/merge-patch+json"])(
  "takes the content type %s",
  async (type) => {
    const answer = await place()
      .set("content-type", type)
      .send(JSON.stringify(anOrder));
    expect(answer.status).toBe(202);
  },
);

it("wants an idempotency key where something is created", async () => {
  const answer = await place().unset("idempotency-key").send(anOrder);
  expect(answer.status).toBe(400);
  expect(answer.body).toMatchObject({ code: "idempotency-key-required" });
});

it.each(["x".repeat(256), "with space", "ümlaut"])(
  "takes no idempotency key %p",
  async (bad) => {
    const answer = await place()
      .set("idempotency-key", Buffer.from(bad).toString("latin1"))
      .send(anOrder);
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ code: "validation-failed" });
  },
);

const foreign = () =>
  tokenSigner({ key: foreignKey, issuer, audience }).sign(ann).token;
it.each<[string, string, string | undefined]>([
  ["no token", "token-missing", undefined],
  ["a token signed with another key", "token-invalid", `Bearer ${foreign()}`],
  ["a password instead", "token-invalid", "Basic YTpi"],
  ["an empty token", "token-invalid", "Bearer "],
])("answers %s with 401 %s", async (_what, code, authorization) => {
  const asked = place();
  const answer = await (
    authorization === undefined
      ? asked.unset("authorization")
      : asked.set("authorization", authorization)
  ).send("{malformed");

  expect(answer.status).toBe(401);
  expect(answer.body).toMatchObject({ code });
  expect(answer.headers["www-authenticate"]).toMatch(/^Bearer/);
});

it("answers an expired token with 401 token-expired", async () => {
  now += minutes(11);
  const answer = await place().send(anOrder);
  expect(answer.status).toBe(401);
  expect(answer.body).toMatchObject({ code: "token-expired" });
  expect(handled).toEqual([]);
});

it("answers a token without the scope with 403", async () => {
  const answer = await request(app)
    .get("/api/v1/sagas")
    .set("authorization", `Bearer ${token}`);
  expect(answer.status).toBe(403);
  expect(answer.body).toMatchObject({ code: "forbidden" });
});

it.each(["not-a-uuid", "%00", "1%20OR%201=1", "..%2f..%2fetc"])(
  "answers the id %s with 400",
  async (id) => {
    const answer = await request(app)
      .get(`/api/v1/orders/${id}`)
      .set("authorization", `Bearer ${token}`);
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ code: "validation-failed" });
  },
);

it.each([
  "limit=1&limit=2",
  "limit=x",
  "limit=101",
  "limit=%00",
  "__proto__=1",
])("answers the query %s with 400", async (query) => {
  const answer = await request(app)
    .get(`/api/v1/orders/018f0000-0000-7000-8000-000000000000?${query}`)
    .set("authorization", `Bearer ${token}`);
  expect(answer.status).toBe(400);
  expect(answer.body).toMatchObject({ code: "validation-failed" });
});

it.each(["/", "/api/v1/nothing", "/api/v1/orders/%ff", "/.env"])(
  "answers the path %s with a problem",
  async (path) => {
    const answer = await request(app).get(path);
    expect(answer.headers["content-type"]).toBe("application/problem+json");
    expect([400, 404]).toContain(answer.status);
  },
);

it("answers a method that a path does not take with 405, and says which it takes", async () => {
  const answer = await request(app).delete("/api/v1/sagas");
  expect(answer.status).toBe(405);
  expect(answer.headers["content-type"]).toBe("application/problem+json");
  expect(answer.headers["allow"]).toBe("GET, HEAD");
  expect(answer.body).toMatchObject({ code: "method-not-allowed" });
});
