import { newId } from "@cartwright/kernel/ids";
import type { TestService } from "@cartwright/testing/test-service";
import {
  confirm,
  anInventory,
  piles,
  release,
  reserve,
  stock,
} from "./fixtures.ts";

let service: TestService;
beforeAll(async () => {
  service = await anInventory();
});
afterAll(() => service.stop());

const answers = async () =>
  (await service.published()).map(({ type, data }) => ({
    type: type.split(".")[1],
    ...(data as Record<string, unknown>),
  }));

it("reserves, sells and, when the order is cancelled, takes back", async () => {
  await stock(service, { MUG: 20, LAMP: 20 });
  const orderId = newId();

  await service.deliver(reserve(orderId, { MUG: 2, LAMP: 1 }));
  expect(await piles(service, "MUG")).toEqual({
    available: 18,
    reserved: 2,
    sold: 0,
  });
  await service.deliver(confirm(orderId));
  expect(await piles(service, "MUG")).toEqual({
    available: 18,
    reserved: 0,
    sold: 2,
  });
  await service.deliver(release(orderId));
  expect(await piles(service, "MUG")).toEqual({
    available: 20,
    reserved: 0,
    sold: 0,
  });

  const lines = [
    { sku: "MUG", quantity: 2 },
    { sku: "LAMP", quantity: 1 },
  ];
  expect(await service.published()).toMatchObject([
    {
      type: "inventory.InventoryReserved.v1",
      subject: `reservation/${orderId}`,
      key: orderId,
      sequence: 1,
      data: { orderId, lines },
    },
    {
      type: "inventory.InventoryReleased.v1",
      subject: `reservation/${orderId}`,
      sequence: 2,
      data: { orderId, lines },
    },
  ]);
});

it("settles a command with an answer that carries its id", async () => {
  await stock(service, { MUG: 10 });
  const orderId = newId();
  const id = newId();
  await service.deliver({ ...reserve(orderId, { MUG: 6 }), id });
  const [reserved, alert] = await service.published();
  expect(reserved).toMatchObject({ commandId: id, causationId: id });
  expect(alert).toMatchObject({
    type: "inventory.LowStockAlert.v1",
    subject: "stock/MUG",
    causationId: id,
    data: { available: 4, threshold: 5 },
  });
  expect(alert?.commandId).toBeUndefined();
});

describe("a refusal", () => {
  it("names what is short and holds nothing of the order", async () => {
    await stock(service, { MUG: 20, LAMP: 1 });
    await service.deliver(reserve(newId(), { MUG: 2, LAMP: 2 }));
    expect(await answers()).toMatchObject([
      {
        type: "InventoryReservationRejected",
        code: "out-of-stock",
        shortages: [{ sku: "LAMP", requested: 2, available: 1 }],
      },
    ]);
    expect(await piles(service, "MUG")).toMatchObject({ available: 20 });
  });

  it("names a sku that nobody stocks", async () => {
    await stock(service, { MUG: 20 });
    await service.deliver(reserve(newId(), { MUG: 1, GHOST: 1 }));
    expect(await answers()).toMatchObject([
      { code: "unknown-sku", shortages: [{ sku: "GHOST", requested: 1 }] },
    ]);
  });

  it("meets whoever reserves after the release", async () => {
    await stock(service, { MUG: 20 });
    const orderId = newId();
    await service.deliver(release(orderId));
    await service.deliver(reserve(orderId, { MUG: 1 }));
    await service.deliver(confirm(orderId));
    expect(await answers()).toMatchObject([
      { type: "InventoryReleased", lines: [] },
      { type: "InventoryReservationRejected", code: "released" },
    ]);
    expect((await service.published()).map(({ sequence }) => sequence)).toEqual(
      [1, 2],
    );
    expect(await piles(service, "MUG")).toMatchObject({ available: 20 });
  });
});

it("takes no notice of a confirmation without a reservation", async () => {
  await stock(service, { MUG: 20 });
  await service.deliver(confirm(newId()));
  expect(await service.published()).toEqual([]);
});

it("answers a command once, however often it is sent", async () => {
  await stock(service, { MUG: 20 });
  const orderId = newId();
  const doing = { ...reserve(orderId, { MUG: 1 }), id: newId() };
  const undoing = { ...release(orderId), id: newId() };
  await service.deliver(
    doing,
    undoing,
    { ...doing, attempt: 2 },
    { ...undoing, attempt: 2 },
  );
  expect(await answers()).toMatchObject([
    { type: "InventoryReserved" },
    { type: "InventoryReleased", lines: [{ sku: "MUG", quantity: 1 }] },
  ]);

  const first = await service.published();
  await service.deliver({ ...doing, attempt: 3 });
  expect((await service.published()).at(-1)).toMatchObject({
    id: first[0]?.id,
    sequence: 1,
  });
});

it("shares scarce goods among the orders of one batch, first come first served", async () => {
  await stock(service, { MUG: 7, LAMP: 1_000 });
  await service.deliver(
    ...Array.from({ length: 300 }, (_, n) =>
      reserve(newId(), n % 10 === 0 ? { MUG: 1, LAMP: 1 } : { LAMP: 2 }),
    ),
  );
  const types = (await answers()).map(({ type }) => type);
  const count = (wanted: string) =>
    types.filter((type) => type === wanted).length;
  expect(count("InventoryReserved")).toBe(270 + 7);
  expect(count("InventoryReservationRejected")).toBe(23);
  expect(count("LowStockAlert")).toBe(1);
  expect(await piles(service, "MUG")).toMatchObject({
    available: 0,
    reserved: 7,
  });
  expect(await piles(service, "LAMP")).toMatchObject({ reserved: 547 });
});

it("handles batches side by side over the same goods: no deadlock, nothing lost, nothing oversold", async () => {
  const skus = ["A", "B", "C", "D", "E"];
  const units = 60;
  await stock(service, Object.fromEntries(skus.map((sku) => [sku, units])));
  const orders = Array.from({ length: 200 }, (_, n) => ({
    orderId: newId(),
    // Every batch names the skus in another order.
    units: Object.fromEntries(
      [0, 1, 2].map((step) => [skus[(n * (step + 1) + step) % 5]!, 1]),
    ),
  }));
  const batches = Array.from({ length: 8 }, (_, b) =>
    orders.filter((_, n) => n % 8 === b),
  );
  await Promise.all(
    batches.map((batch) =>
      service.deliver(
        ...batch.map((order) => reserve(order.orderId, order.units)),
      ),
    ),
  );
  await Promise.all(
    batches.map((batch, b) =>
      service.deliver(
        ...batch.map(({ orderId }, n) =>
          (n + b) % 3 === 0 ? release(orderId) : confirm(orderId),
        ),
      ),
    ),
  );

  const { db } = service.platform;
  const items = await db.query<
    Record<"available" | "reserved" | "sold", number>
  >("SELECT available, reserved, sold FROM stock");
  for (const { available, reserved, sold } of items) {
    expect(reserved).toBe(0);
    expect(available + sold).toBe(units);
  }
  const held = await db.query<{ status: string; orders: number }>(
    "SELECT status, count(*) AS orders FROM reservations GROUP BY status",
  );
  expect(held.find(({ status }) => status === "reserved")).toBeUndefined();
  const soldUnits = await db.query<{ sku: string; units: number }>(
    `SELECT line ->> 'sku' AS sku, sum((line ->> 'quantity')::int) AS units
     FROM reservations, jsonb_array_elements(lines) AS line WHERE status = 'sold' GROUP BY 1`,
  );
  const sold = items.reduce((sum, row) => sum + row.sold, 0);
  expect(soldUnits.reduce((sum, row) => sum + row.units, 0)).toBe(sold);
});

it("numbers the events of every subject from 1 without gaps", async () => {
  await stock(service, { MUG: 12, LAMP: 12 });
  const orderIds = Array.from({ length: 20 }, () => newId());
  await service.deliver(
    ...orderIds.map((id) => reserve(id, { MUG: 1, LAMP: 1 })),
  );
  await service.deliver(...orderIds.map((id) => release(id)));
  await service.deliver(...orderIds.map(() => reserve(newId(), { MUG: 1 })));
  const seen = new Map<string, number[]>();
  for (const { subject, sequence } of await service.published()) {
    seen.set(subject, [...(seen.get(subject) ?? []), sequence]);
  }
  for (const sequences of seen.values()) {
    expect(sequences).toEqual(sequences.map((_, n) => n + 1));
  }
  expect(seen.get("stock/MUG")).toHaveLength(2);
});
