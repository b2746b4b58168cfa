import { productCreated } from "@cartwright/contracts/catalog";
import { newId } from "@cartwright/kernel/ids";
import { money } from "@cartwright/kernel/money";
import { cutNextCommit } from "@cartwright/testing/cut-commit";
import { aCustomer, aStaffMember } from "@cartwright/testing/principals";
import type { TestService } from "@cartwright/testing/test-service";
import { seedDemoShop } from "../src/seed.ts";
import { anInventory, piles, reserve, stock } from "./fixtures.ts";

let service: TestService;
beforeAll(async () => {
  service = await anInventory();
});
afterAll(() => service.stop());

const adjust = (sku: string, body: object, key?: string) => {
  const request = service
    .as(staff)
    .post(`/api/v1/inventory/${sku}/adjustments`);
  return (key ? request.set("Idempotency-Key", key) : request).send(body);
};
const staff = aStaffMember();

const created = (sku: string) =>
  productCreated({
    productId: newId(),
    sku,
    name: "Mug",
    price: money(990, "EUR"),
    at: "2026-05-01T10:00:00.000Z",
  });

it("gives a new product an empty place on the shelf, and leaves a full one alone", async () => {
  await stock(service, { MUG: 7 });
  await service.deliver(created("MUG"), created("LAMP"));
  expect(await piles(service, "MUG")).toMatchObject({ available: 7 });
  expect(await piles(service, "LAMP")).toMatchObject({ available: 0 });
});

it("fills the demo shop once, whoever comes first", async () => {
  await stock(service, {});
  await service.deliver(created("LAMP-BRASS"));
  await seedDemoShop(service.platform);
  await service.deliver(reserve(newId(), { "LAMP-BRASS": 3 }));
  await seedDemoShop(service.platform);
  expect(await piles(service, "LAMP-BRASS")).toMatchObject({
    available: 0,
    reserved: 3,
  });
});

describe("an adjustment", () => {
  it("changes what is available and says so", async () => {
    await stock(service, { MUG: 7 });
    const { body, status } = await adjust("MUG", {
      delta: 5,
      reason: "delivery",
    });
    expect([status, body]).toEqual([
      200,
      {
        ...{ sku: "MUG", warehouse: "main", available: 12 },
        ...{ reserved: 0, sold: 0, lowStockThreshold: 5 },
      },
    ]);
    expect(await service.published()).toMatchObject([
      {
        type: "inventory.StockLevelChanged.v1",
        subject: "stock/MUG",
        sequence: 1,
        data: { sku: "MUG", delta: 5, available: 12, reason: "delivery" },
      },
    ]);
  });

  it("alerts when it takes too much away", async () => {
    await stock(service, { MUG: 7 });
    await adjust("MUG", { delta: -3, reason: "broken" }).expect(200);
    expect((await service.published()).map(({ type }) => type)).toEqual([
      "inventory.StockLevelChanged.v1",
      "inventory.LowStockAlert.v1",
    ]);
  });

  it("is refused below zero, and changes nothing", async () => {
    await stock(service, { MUG: 7 });
    const { body, status } = await adjust("MUG", { delta: -8, reason: "lost" });
    expect([status, body.code, body.available]).toEqual([
      409,
      "insufficient-stock",
      7,
    ]);
    expect(await piles(service, "MUG")).toMatchObject({ available: 7 });
    expect(await service.published()).toEqual([]);
  });

  it("happens once under one key", async () => {
    await stock(service, { MUG: 7 });
    const body = { delta: 5, reason: "delivery" };
    const replies = await Promise.all(
      Array.from({ length: 5 }, () => adjust("MUG", body, "key-1")),
    );
    for (const reply of replies) expect(reply.body.available).toBe(12);
    const other = await adjust("MUG", { ...body, delta: 6 }, "key-1");
    expect([other.status, other.body.code]).toEqual([
      422,
      "idempotency-key-reused",
    ]);
  });

  it("brings units in once though its COMMIT is not heard of", async () => {
    await stock(service, { MUG: 7 });
    const isCut = cutNextCommit(service.platform.db.pool, "idempotency-take");
    const body = { delta: 100, reason: "delivery" };
    const { body: item } = await adjust("MUG", body).expect(200);
    expect(isCut()).toBe(true);
    expect(item.available).toBe(107);
  });

  it.each([
    ["of nothing", { delta: 0, reason: "nothing" }],
    ["of half a unit", { delta: 0.5, reason: "half" }],
    ["without a reason", { delta: 1 }],
    ["with a field nobody knows", { delta: 1, reason: "x", price: 1 }],
    ["beyond all measure", { delta: 1e9, reason: "much" }],
  ])("%s is not acceptable", async (_, body) => {
    await stock(service, { MUG: 7 });
    const reply = await adjust("MUG", body);
    expect([reply.status, reply.body.code]).toEqual([400, "validation-failed"]);
  });

  it("needs something that is stocked, and staff", async () => {
    await stock(service, { MUG: 7 });
    const body = { delta: 1, reason: "delivery" };
    await adjust("GHOST", body).expect(404);
    const path = "/api/v1/inventory/MUG/adjustments";
    await service.as(aCustomer()).post(path).send(body).expect(403);
    await service.request.post(path).send(body).expect(401);
  });
});

describe("reading", () => {
  it("tells anybody how many can be bought, and no more", async () => {
    await stock(service, { MUG: 7 });
    const { body } = await service.request
      .get("/api/v1/inventory/MUG")
      .expect(200);
    expect(body).toEqual({ sku: "MUG", available: 7 });
    await service.request.get("/api/v1/inventory/GHOST").expect(404);
  });

  it("lists everything to staff, page by page", async () => {
    await stock(service, { A: 1, B: 2, C: 3 });
    const get = (query: string) =>
      service.as(staff).get(`/api/v1/inventory?limit=2${query}`).expect(200);
    const first = (await get("")).body;
    expect(first.items).toMatchObject([{ sku: "A" }, { sku: "B" }]);
    const second = (await get(`&cursor=${first.nextCursor}`)).body;
    expect(second).toEqual({
      items: [expect.objectContaining({ sku: "C", available: 3 })],
    });
    await service.as(aCustomer()).get("/api/v1/inventory").expect(403);
  });

  it("shows staff what an order holds, and where goods lie", async () => {
    await stock(service, { MUG: 7 });
    const orderId = newId();
    await service.deliver(reserve(orderId, { MUG: 2 }));
    const get = (path: string) => service.as(staff).get(`/api/v1${path}`);
    const { body } = await get(`/reservations/${orderId}`).expect(200);
    expect(body).toMatchObject({
      orderId,
      status: "reserved",
      lines: [{ sku: "MUG", quantity: 2 }],
    });
    await get(`/reservations/${newId()}`).expect(404);
    const warehouses = await get("/warehouses").expect(200);
    expect(warehouses.body.items).toEqual([
      { warehouseId: "main", name: "Main warehouse" },
    ]);
  });
});

it("cannot be made to lose count, not even by hand", async () => {
  await stock(service, { MUG: 7 });
  const { db } = service.platform;
  await expect(db.query("UPDATE stock SET available = 8")).rejects.toThrow(
    "stock_adds_up",
  );
  await expect(
    db.query("UPDATE stock SET available = -1, sold = 8"),
  ).rejects.toThrow("stock_never_negative");
});
