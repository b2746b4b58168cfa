import { generateKeyPairSync } from "node:crypto";
import jwt from "jsonwebtoken";
import { newId } from "@cartwright/kernel/ids";
import type { Answer } from "../support/http.ts";
import {
  anAddress,
  type Customer,
  type Product,
  type Shop,
} from "../support/shop.ts";
import type { Platform } from "../support/platform.ts";

/** What clients get wrong: each a problem with a stable code, and nothing written. */
export function badInputScenarios(
  given: () => { platform: Platform; shop: Shop },
): void {
  let platform: Platform;
  let shop: Shop;
  let customer: Customer;
  let product: Product;
  let ordersBefore: number;

  const countOrders = async () =>
    (
      await platform.sql<{ count: number }>(
        'SELECT count(*)::int AS count FROM "order".orders',
      )
    )[0]!.count;

  beforeAll(async () => {
    ({ platform, shop } = given());
    customer = await shop.customer();
    product = await shop.product();
  });
  beforeEach(async () => {
    ordersBefore = await countOrders();
  });
  afterEach(async () => {
    expect(await countOrders()).toBe(ordersBefore);
  });

  function expectProblem(answer: Answer, status: number, code: string): void {
    expect({ status: answer.status, code: answer.body.code }).toEqual({
      status,
      code,
    });
    expect(answer.headers.get("content-type")).toContain(
      "application/problem+json",
    );
    expect(answer.body).toMatchObject({ title: expect.any(String), status });
    expect(JSON.stringify(answer.body)).not.toMatch(
      /\bat .*\.ts:\d+|node_modules/,
    );
  }

  const lines = (count: number) =>
    Array.from({ length: count }, () => ({
      productId: product.id,
      quantity: 1,
    }));

  it.each([
    ["quantity 0", () => [{ productId: product.id, quantity: 0 }]],
    ["a negative quantity", () => [{ productId: product.id, quantity: -1 }]],
    ["half a unit", () => [{ productId: product.id, quantity: 1.5 }]],
    [
      "a billion units",
      () => [{ productId: product.id, quantity: 1_000_000_000 }],
    ],
    ["quantity as text", () => [{ productId: product.id, quantity: "1" }]],
    ["no items", () => []],
    ["1,001 items", () => lines(1_001)],
  ])("refuses %s", async (_, items) => {
    expectProblem(
      await shop.order(customer, { items: items() }),
      400,
      "validation-failed",
    );
  });

  it("refuses an unknown product", async () => {
    const answer = await shop.order(customer, {
      items: [{ productId: newId(), quantity: 1 }],
    });
    expectProblem(answer, 422, "unknown-product");
  });

  it("refuses a field it does not know", async () => {
    const answer = await shop.order(customer, {
      items: lines(1),
      status: "confirmed",
    } as Parameters<Shop["order"]>[1]);
    expectProblem(answer, 400, "validation-failed");
  });

  it("refuses a price below ours, and says what ours is", async () => {
    const answer = await shop.order(customer, {
      items: [{ productId: product.id, quantity: 1, price: 0.01 }],
    });
    expectProblem(answer, 409, "price-changed");
    expect(JSON.stringify(answer.body)).toContain(String(product.price));
  });

  const post = (options: Parameters<Shop["post"]>[1]) =>
    shop.post("/orders", {
      token: customer.token,
      idempotencyKey: newId(),
      ...options,
    });

  it("refuses malformed JSON", async () => {
    expectProblem(await post({ raw: '{"items": [' }), 400, "malformed-json");
  });

  it("refuses another content type", async () => {
    const answer = await post({
      raw: "<order/>",
      headers: { "content-type": "application/xml" },
    });
    expectProblem(answer, 415, "unsupported-media-type");
  });

  it("refuses a body above 256 KiB", async () => {
    const answer = await post({
      raw: JSON.stringify({ items: "x".repeat(300 * 1_024) }),
    });
    expectProblem(answer, 413, "body-too-large");
  });

  const order = () => ({
    items: lines(1),
    paymentToken: "tok_visa",
    shippingAddress: anAddress,
  });

  it("refuses an order without an idempotency key", async () => {
    const answer = await shop.post("/orders", {
      token: customer.token,
      body: order(),
    });
    expectProblem(answer, 400, "idempotency-key-required");
  });

  it("refuses a request without a token", async () => {
    expectProblem(
      await post({ token: undefined, body: order() }),
      401,
      "token-missing",
    );
  });

  it("refuses a token signed with another key", async () => {
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2_048 });
    const token = likeTheirs(privateKey, {});
    expectProblem(await post({ token, body: order() }), 401, "token-invalid");
  });

  it("refuses a token that has expired", async () => {
    const [key] = await platform.sql<{ private_key: string }>(
      "SELECT private_key FROM identity.signing_keys WHERE status = 'active'",
    );
    const anHourAgo = Math.floor(Date.now() / 1_000) - 3_600;
    const token = likeTheirs(key!.private_key, {
      iat: anHourAgo - 600,
      exp: anHourAgo,
    });
    expectProblem(await post({ token, body: order() }), 401, "token-expired");
  });

  /** The customer's token, changed and signed again. */
  function likeTheirs(key: jwt.Secret, changes: jwt.JwtPayload): string {
    const { payload, header } = jwt.decode(customer.token, { complete: true })!;
    return jwt.sign({ ...(payload as jwt.JwtPayload), ...changes }, key, {
      algorithm: "RS256",
      header,
    });
  }

  it("refuses a token whose payload was changed", async () => {
    const [header, , signature] = customer.token.split(".");
    const payload = Buffer.from(
      JSON.stringify({ sub: newId(), roles: ["staff"] }),
    ).toString("base64url");
    expectProblem(
      await post({ token: `${header}.${payload}.${signature}`, body: order() }),
      401,
      "token-invalid",
    );
  });

  it("does not let a customer do what staff may", async () => {
    const answer = await shop.post("/products", {
      token: customer.token,
      idempotencyKey: newId(),
      body: { sku: "X", name: "X", price: { amount: 1, currency: "EUR" } },
    });
    expectProblem(answer, 403, "forbidden");
  });

  it("knows no route it does not have", async () => {
    expectProblem(
      await shop.get("/unheard-of", { token: customer.token }),
      404,
      "not-found",
    );
  });

  describe("with an order of somebody else", () => {
    let orderId: string;
    beforeAll(async () => {
      orderId = await shop.placed(customer, { items: lines(1) });
    });

    it.each([
      ["the order", () => `/orders/${orderId}`],
      ["its timeline", () => `/orders/${orderId}/timeline`],
    ])("shows nobody else %s", async (_, path) => {
      const stranger = await shop.customer();
      expectProblem(
        await shop.get(path(), { token: stranger.token }),
        404,
        "not-found",
      );
    });

    it("lets nobody else cancel it", async () => {
      const stranger = await shop.customer();
      const answer = await shop.post(`/orders/${orderId}/cancellation`, {
        token: stranger.token,
        body: {},
      });
      expectProblem(answer, 404, "not-found");
    });
  });
}
