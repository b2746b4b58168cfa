import { z } from "zod";
import { withExample } from "./example.ts";
import { openApi } from "./openapi.ts";
import { ok } from "./reply.ts";
import { get, post } from "./route.ts";

const document = openApi({
  title: "order",
  refusals: { "price-changed": 409 },
  routes: [
    post("/api/v1/orders", {
      summary: "Place an order",
      access: "orders.write",
      body: withExample(z.strictObject({ quantity: z.int().min(1) }), {
        quantity: 3,
      }),
      responses: { 202: z.object({ orderId: z.uuid() }) },
      refusals: ["price-changed"],
      idempotency: "required",
      handle: async () => ok({}),
    }),
    post("/api/v1/orders/:orderId/cancellation", {
      summary: "Cancel an order",
      access: "orders.write",
      body: z.strictObject({ reason: z.string().optional() }).default({}),
      responses: { 202: z.object({}) },
      handle: async () => ok({}),
    }),
    get("/api/v1/orders/:orderId", {
      summary: "An order",
      access: "public",
      params: z.object({ orderId: z.uuid() }),
      query: z.object({ limit: z.coerce.number().optional() }),
      responses: { 200: z.object({ at: z.date() }), 204: z.undefined() },
      handle: async () => ok({}),
    }),
  ],
});

it("describes a route's body, success, refusals, scope and key", () => {
  expect(document.paths["/api/v1/orders"]?.["post"]).toMatchObject({
    operationId: "postApiV1Orders",
    security: [{ bearer: ["orders.write"] }],
    parameters: [{ name: "Idempotency-Key", required: true }],
    requestBody: {
      required: true,
      content: {
        "application/json": {
          schema: {
            additionalProperties: false,
            required: ["quantity"],
            examples: [{ quantity: 3 }],
            properties: { quantity: { type: "integer", minimum: 1 } },
          },
        },
      },
    },
    responses: {
      202: { description: "Success" },
      400: {
        description: expect.stringContaining("malformed-json") as unknown,
      },
      401: {},
      403: {},
      409: { description: "price-changed" },
      413: {},
      415: {},
      422: { description: "idempotency-key-reused" },
    },
  });
});

it("says that a body may be left out", () => {
  const path = "/api/v1/orders/{orderId}/cancellation";
  expect(document.paths[path]?.["post"]).toMatchObject({
    requestBody: { required: false },
  });
});

it("describes parameters in OpenAPI's form", () => {
  expect(document.paths["/api/v1/orders/{orderId}"]?.["get"]).toMatchObject({
    security: [],
    parameters: [
      { name: "orderId", in: "path", required: true },
      { name: "limit", in: "query", required: false },
    ],
    responses: { 204: { description: "Done" } },
  });
});
