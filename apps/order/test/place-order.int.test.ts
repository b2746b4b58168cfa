import { productDeleted, priceChanged } from "@cartwright/contracts/catalog";
import { newId } from "@cartwright/kernel/ids";
import { money } from "@cartwright/kernel/money";
import { Refusal } from "@cartwright/kernel/refusal";
import { aCustomer, aStaffMember } from "@cartwright/testing/principals";
import type { TestService } from "@cartwright/testing/test-service";
import { aBody, anOrderService, mug } from "./an-order-service.ts";

let service: TestService;
const catalogSells = new Map<string, object>();
const customers = [newId()];
let identityAnswers = true;
beforeAll(async () => {
  const catalog = {
    get: (path: string) => {
      const found = catalogSells.get(path.split("/").at(-1) ?? "");
      return found
        ? Promise.resolve(found as never)
        : Promise.reject(new Refusal("not-found", "No such product."));
    },
    post: () => Promise.reject(new Error("never asked")),
  };
  const identity = {
    get: (path: string) =>
      identityAnswers
        ? Promise.resolve({
            items: customers
              .filter((userId) => path.endsWith(userId))
              .map((userId) => ({ userId })),
          } as never)
        : Promise.reject(new Refusal("identity-unavailable", "It is away.")),
    post: () => Promise.reject(new Error("never asked")),
  };
  service = await anOrderService({ clients: { catalog, identity } });
});
afterAll(() => service.stop());

const post = (body: object, key = newId(), user = aCustomer()) =>
  service
    .as(user)
    .post("/api/v1/orders")
    .set("idempotency-key", key)
    .send(body);

const counts = async () => {
  const [row] = await service.platform.db.query<{
    orders: number;
    sagas: number;
  }>(
    "SELECT (SELECT count(*) FROM orders) AS orders, (SELECT count(*) FROM saga_instances) AS sagas",
  );
  return row;
};

it("accepts an order, priced by us, and asks for the stock in the same transaction", async () => {
  const before = (await service.published()).length;
  const response = await post(aBody()).expect(202);
  const { orderId } = response.body as { orderId: string };
  expect(response.body).toMatchObject({
    status: "pending",
    totalAmount: money(2500, "EUR"),
  });
  expect(response.headers.location).toBe(`/api/v1/orders/${orderId}`);
  const published = (await service.published()).slice(before);
  expect(published.map(({ type }) => type).sort()).toEqual([
    "inventory.ReserveInventory.v1",
    "order.OrderCreated.v1",
  ]);
  expect(
    new Set(published.map(({ correlationId }) => correlationId)).size,
  ).toBe(1);
  expect(published.every(({ key }) => key === orderId)).toBe(true);
});

it("makes one order of twenty requests with one key", async () => {
  const before = await counts();
  const [key, user, body] = [newId(), aCustomer(), aBody()];
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => post(body, key, user)),
  );
  expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(202));
  const ids = answers.map(
    ({ body: reply }) => (reply as { orderId: string }).orderId,
  );
  expect(new Set(ids).size).toBe(1);
  const replayed = answers.filter(
    ({ headers }) => headers["idempotent-replayed"],
  );
  expect(replayed).toHaveLength(19);
  expect(await counts()).toEqual({
    orders: (before?.orders ?? 0) + 1,
    sagas: (before?.sagas ?? 0) + 1,
  });
  const later = await post(body, key, user).expect(202);
  expect(later.body).toEqual(answers[0]?.body);
});

it("refuses the same key for another order, in parallel and later, and does nothing", async () => {
  const [key, user] = [newId(), aCustomer()];
  const other = aBody({ items: [{ productId: mug.productId, quantity: 3 }] });
  const answers = await Promise.all([
    post(aBody(), key, user),
    post(other, key, user),
  ]);
  expect(answers.map(({ status }) => status).sort()).toEqual([202, 422]);
  const refused = answers.find(({ status }) => status === 422);
  expect(refused?.body).toMatchObject({ code: "idempotency-key-reused" });
});

it("binds a key to its user", async () => {
  const key = newId();
  const [one, two] = await Promise.all([
    post(aBody(), key, aCustomer()),
    post(aBody(), key, aCustomer()),
  ]);
  expect(one.body).not.toEqual(two.body);
});

it("places what it can of a group and refuses the rest", async () => {
  const before = await counts();
  const bodies = [
    aBody(),
    aBody({ items: [{ productId: "NOPE", quantity: 1 }] }),
    aBody({ items: [{ productId: "MUG-01", quantity: 1, price: 12 }] }),
    aBody(),
  ];
  const answers = await Promise.all(bodies.map((body) => post(body)));
  expect(answers.map(({ status }) => status)).toEqual([202, 422, 409, 202]);
  expect(answers[1]?.body).toMatchObject({ code: "unknown-product" });
  expect(answers[2]?.body).toMatchObject({
    code: "price-changed",
    items: [
      { productId: "MUG-01", expected: money(1200, "EUR"), price: mug.price },
    ],
  });
  expect((await counts())?.orders).toBe((before?.orders ?? 0) + 2);
});

it("takes the price that a buyer expects in minor units, in one way at a time", async () => {
  const expecting = (amount: number, also: object = {}) =>
    post(
      aBody({
        items: [
          {
            ...{ productId: "MUG-01", quantity: 1, ...also },
            expectedPrice: money(amount, "EUR"),
          },
        ],
      }),
    );
  await expecting(mug.price.amount).expect(202);
  const { body } = await expecting(mug.price.amount - 1).expect(409);
  expect(body).toMatchObject({
    items: [{ expected: money(mug.price.amount - 1, "EUR"), price: mug.price }],
  });
  await expecting(mug.price.amount, { price: 12.5 }).expect(400);
});

it("takes a product's id in any case", async () => {
  const productId = mug.productId.toUpperCase();
  await post(aBody({ items: [{ productId, quantity: 1 }] })).expect(202);
});

it("may use a key again whose first request was refused", async () => {
  const [key, user] = [newId(), aCustomer()];
  await post(
    aBody({ items: [{ productId: "NOPE", quantity: 1 }] }),
    key,
    user,
  ).expect(422);
  await post(aBody(), key, user).expect(202);
});

it("asks the catalog for a product that no event has told of", async () => {
  const id = newId();
  catalogSells.set(id, {
    id,
    sku: "NEW-01",
    name: "New",
    price: money(500, "EUR"),
  });
  const response = await post(
    aBody({ items: [{ productId: id, quantity: 1 }] }),
  ).expect(202);
  expect(response.body).toMatchObject({ totalAmount: money(500, "EUR") });
});

it("lets staff order for a customer whom identity knows, and for nobody else", async () => {
  const order = (customerId: string) =>
    post(aBody({ customerId }), newId(), aStaffMember());
  const before = await counts();
  const unknown = await order(newId()).expect(422);
  expect(unknown.body).toMatchObject({ code: "unknown-customer" });
  identityAnswers = false;
  const away = await order(customers[0] ?? "").expect(503);
  expect(away.body).toMatchObject({ code: "identity-unavailable" });
  expect(await counts()).toEqual(before);
  await post(aBody()).expect(202);
  identityAnswers = true;
  await order(customers[0] ?? "").expect(202);
});

it("follows the catalog's prices, and sells nothing that was withdrawn", async () => {
  const at = "2026-01-02T00:00:00.000Z";
  const { productId, sku } = mug;
  await service.deliver(
    priceChanged({
      productId,
      sku,
      oldPrice: mug.price,
      price: money(1300, "EUR"),
      at,
    }),
  );
  const dearer = await post(aBody()).expect(202);
  expect(dearer.body).toMatchObject({ totalAmount: money(2600, "EUR") });
  await service.deliver(productDeleted({ productId, sku, at }));
  await post(aBody()).expect(422);
});

it.each<[string, object, number, string]>([
  ["no items", { items: [] }, 400, "validation-failed"],
  [
    "quantity 0",
    { items: [{ productId: "MUG-01", quantity: 0 }] },
    400,
    "validation-failed",
  ],
  [
    "a negative quantity",
    { items: [{ productId: "MUG-01", quantity: -1 }] },
    400,
    "validation-failed",
  ],
  [
    "half a mug",
    { items: [{ productId: "MUG-01", quantity: 1.5 }] },
    400,
    "validation-failed",
  ],
  [
    "a billion mugs",
    { items: [{ productId: "MUG-01", quantity: 1e9 }] },
    400,
    "validation-failed",
  ],
  [
    "1,001 items",
    { items: Array(1_001).fill({ productId: "MUG-01", quantity: 1 }) },
    400,
    "validation-failed",
  ],
  ["a field we do not know", { coupon: "FREE" }, 400, "validation-failed"],
  ["no payment token", { paymentToken: undefined }, 400, "validation-failed"],
  ["an order for somebody else", { customerId: newId() }, 403, "forbidden"],
])("refuses %s and writes nothing", async (_what, overrides, status, code) => {
  const before = await counts();
  const response = await post(aBody(overrides));
  expect(response.status).toBe(status);
  expect(response.body).toMatchObject({ code });
  expect(await counts()).toEqual(before);
});

it("refuses an order without an idempotency key", async () => {
  const response = await service
    .as(aCustomer())
    .post("/api/v1/orders")
    .send(aBody())
    .expect(400);
  expect(response.body).toMatchObject({ code: "idempotency-key-required" });
});
