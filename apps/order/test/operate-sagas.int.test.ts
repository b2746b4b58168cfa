import { inventoryReserved } from "@cartwright/contracts/inventory";
import { newId } from "@cartwright/kernel/ids";
import { listActions } from "@cartwright/messaging/operator-actions";
import { cutNextCommit } from "@cartwright/testing/cut-commit";
import {
  aCustomer,
  anOperator,
  aStaffMember,
} from "@cartwright/testing/principals";
import type { TestService } from "@cartwright/testing/test-service";
import {
  aBody,
  anOrderService,
  answer,
  lastCommand,
} from "./an-order-service.ts";

let service: TestService;
/** What the payment service says of parked messages. */
const parkedAtPayment: object[] = [];
beforeAll(async () => {
  service = await anOrderService({
    env: { SAGA_TIME_SCALE: "1" },
    clients: {
      payment: {
        get: (_, { schema }) =>
          Promise.resolve(schema.parse({ items: parkedAtPayment })),
        post: () => Promise.reject(new Error("nobody posts")),
      },
    },
  });
});
afterAll(() => service.stop());
beforeEach(() => parkedAtPayment.splice(0));

const olga = anOperator();
const reason = "the provider says so";
const customer = aCustomer();

async function aPlacedOrder(): Promise<string> {
  const { body } = await service
    .as(customer)
    .post("/api/v1/orders")
    .set("idempotency-key", newId())
    .send(aBody())
    .expect(202);
  return (body as { orderId: string }).orderId;
}

const list = async (query: string) =>
  (await service.as(olga).get(`/api/v1/sagas?${query}`).expect(200)).body;
const show = async (id: string) =>
  (await service.as(olga).get(`/api/v1/sagas/${id}`).expect(200)).body;
const command = (id: string, noun: string, body: object = {}) =>
  service
    .as(olga)
    .post(`/api/v1/sagas/${id}/${noun}`)
    .send({ reason, ...body });

async function aSaga(): Promise<{ orderId: string; id: string }> {
  const orderId = await aPlacedOrder();
  const { items } = await list(`key=${orderId}`);
  return { orderId, id: items[0].id };
}

const become = (id: string, status: string) =>
  service.platform.db.query(
    "UPDATE saga_instances SET status = $2 WHERE id = $1",
    [id, status],
  );

const statusOf = async (orderId: string) =>
  (await service.as(customer).get(`/api/v1/orders/${orderId}`).expect(200)).body
    .status;

it("lists sagas by status, name, key and age, a page at a time", async () => {
  const [first, second] = [await aSaga(), await aSaga()];
  await become(first.id, "stuck");
  const ids = async (query: string) =>
    (await list(query)).items.map(({ id }: { id: string }) => id);

  expect(await ids("status=stuck")).toEqual([first.id]);
  expect(await ids("saga=cancel-order")).toEqual([]);
  expect(await ids("olderThan=3600")).toEqual([]);
  expect(await ids("saga=place-order&olderThan=0&limit=2")).toEqual([
    ...[second.id, first.id],
  ]);
  const page = await list("limit=1");
  expect(page.nextCursor).toBe(second.id);
  expect(await ids(`cursor=${page.nextCursor}&limit=1`)).toEqual([first.id]);
});

it("shows where a saga is, what it waits for, and no payment token", async () => {
  const { id, orderId } = await aSaga();
  await become(id, "stuck");
  const saga = await show(id);

  expect(saga).toMatchObject({
    ...{ status: "stuck", step: "reserve-inventory", key: orderId },
    awaits: {
      command: "inventory.ReserveInventory.v1",
      yes: "inventory.InventoryReserved.v1",
      no: "inventory.InventoryReservationRejected.v1",
    },
    stuck: { step: "reserve-inventory", attempts: 1, lastRefusal: null },
    parked: { items: [], unknown: ["inventory", "shipping", "notification"] },
    memory: { orderId },
    log: [{ entry: "started" }, { entry: "sent", step: "reserve-inventory" }],
  });
  expect(JSON.stringify(saga)).not.toContain("tok_visa");
});

it("sends the command in hand again and forgets that it was stuck", async () => {
  const { id, orderId } = await aSaga();
  await become(id, "stuck");
  const { db } = service.platform;
  await db.query(
    "UPDATE saga_instances SET step_since = now() - interval '2 days' WHERE id = $1",
    [id],
  );
  const { body } = await command(id, "retry").expect(200);

  expect(body).toMatchObject({ status: "running", attempt: 2 });
  expect(await lastCommand(service, "inventory-commands")).toMatchObject({
    ...{ key: orderId, attempt: 2 },
  });
  const { stepSince } = await show(id);
  expect(Date.now() - Date.parse(stepSince)).toBeLessThan(60_000);
});

it("undoes a saga by force, skips an undo, and cancels the order", async () => {
  const { id, orderId } = await aSaga();
  await answer(
    service,
    "inventory-commands",
    inventoryReserved({
      ...{
        orderId,
        reservationId: newId(),
        lines: [{ sku: "MUG-01", quantity: 2 }],
      },
      reservedAt: new Date().toISOString(),
    }),
  );
  await command(id, "compensation").expect(200);
  expect(await show(id)).toMatchObject({
    ...{ status: "compensating", step: "authorize-payment" },
  });
  await command(id, "skip").expect(200);
  await command(id, "skip").expect(200);

  expect(await show(id)).toMatchObject({ status: "compensated", step: null });
  expect(await statusOf(orderId)).toBe("cancelled");
});

describe("when a command has been done and nobody has heard of it", () => {
  const compensating = async () => {
    const { id, orderId } = await aSaga();
    const line = { sku: "MUG-01", quantity: 2 };
    const reserved = { orderId, reservationId: newId(), lines: [line] };
    const reservedAt = new Date().toISOString();
    const message = inventoryReserved({ ...reserved, reservedAt });
    await answer(service, "inventory-commands", message);
    await command(id, "compensation").expect(200);
    return id;
  };
  const entriesOf = async (id: string) =>
    (await show(id)).log.map(({ entry }: { entry: string }) => entry);

  it("skips one undo, and leaves the next to whoever is asked for it", async () => {
    const id = await compensating();
    const isCut = cutNextCommit(service.platform.db.pool, "idempotency-take");
    const { body } = await command(id, "skip").expect(200);

    expect(isCut()).toBe(true);
    expect(body).toMatchObject({ step: "reserve-inventory" });
    expect(await show(id)).toMatchObject({
      ...{ status: "compensating", step: "reserve-inventory" },
    });
    expect(
      await listActions(service.platform.db, { target: id, limit: 10 }),
    ).toHaveLength(2);
  });

  it("skips nothing more when it is asked again with the same key", async () => {
    const id = await compensating();
    const key = newId();
    const ask = () => command(id, "skip").set("idempotency-key", key);
    const first = await ask().expect(200);
    const again = await ask().expect(200);

    expect(again.headers["idempotent-replayed"]).toBe("true");
    expect(again.body).toEqual(first.body);
    expect(await show(id)).toMatchObject({ step: "reserve-inventory" });
  });

  it.each(["retry", "compensation", "closure"])(
    "does a %s once, and says so",
    async (noun) => {
      const { id } = await aSaga();
      if (noun === "closure") await become(id, "stuck");
      const body = noun === "closure" ? { outcome: "compensated" } : {};
      const isCut = cutNextCommit(service.platform.db.pool, "idempotency-take");
      await command(id, noun, body).expect(200);

      expect(isCut()).toBe(true);
      const done = new Set(["retried", "compensation-forced", "closed"]);
      const entries: string[] = await entriesOf(id);
      expect(entries.filter((entry) => done.has(entry))).toHaveLength(1);
    },
  );
});

it.each([
  ["compensated", "cancelled"],
  ["completed", "confirmed"],
])(
  "closes a stuck saga as %s, which makes the order %s",
  async (outcome, status) => {
    const { id, orderId } = await aSaga();
    await become(id, "stuck");
    await command(id, "closure", { outcome }).expect(200);

    expect(await show(id)).toMatchObject({ status: outcome });
    expect(await statusOf(orderId)).toBe(status);
  },
);

it("closes a saga about which messages are parked", async () => {
  const { id, orderId } = await aSaga();
  const closure = { outcome: "compensated" };
  const { body } = await command(id, "closure", closure).expect(409);
  expect(body.code).toBe("not-stuck");
  await service.platform.db.query(
    "INSERT INTO parked_keys (consumer, key, reason) VALUES ('order', $1, 'handler-failed')",
    [orderId],
  );

  expect((await show(id)).parked.items).toMatchObject([
    { consumer: "order", reason: "handler-failed" },
  ]);
  await command(id, "closure", closure).expect(200);
});

it("knows where participants have set its commands aside", async () => {
  const { id } = await aSaga();
  const since = new Date().toISOString();
  const parked = { consumer: "payment", reason: "handler-failed", since };
  parkedAtPayment.push(parked);

  expect((await show(id)).parked.items).toEqual([parked]);
  await command(id, "closure", { outcome: "compensated" }).expect(200);
});

it.each(["retry", "skip", "compensation", "closure"])(
  "explains that a finished saga takes no %s",
  async (noun) => {
    const { id } = await aSaga();
    await become(id, "stuck");
    await command(id, "closure", { outcome: "compensated" }).expect(200);
    const body = noun === "closure" ? { outcome: "completed" } : {};
    const refused = await command(id, noun, body).expect(409);

    expect(refused.body).toMatchObject({
      ...{ code: "saga-finished", status: 409, sagaStatus: "compensated" },
      detail: expect.stringContaining("compensated"),
    });
  },
);

it("takes ids in any case", async () => {
  const { id, orderId } = await aSaga();
  const { items } = await list(`key=${orderId.toUpperCase()}`);
  expect(items).toMatchObject([{ id }]);
});

it("writes down who did what and why, for operators alone", async () => {
  const { id, orderId } = await aSaga();
  await command(id.toUpperCase(), "retry").expect(200);
  await command(id, "skip").expect(409);

  const { db } = service.platform;
  expect(await listActions(db, { target: id, limit: 10 })).toMatchObject([
    {
      ...{ operator: olga.id, action: "sagas.retry", reason },
      before: { status: "running", attempt: 1 },
      after: { status: "running", attempt: 2 },
    },
  ]);
  expect((await show(id)).log).toContainEqual(
    expect.objectContaining({
      ...{ entry: "retried", detail: `${olga.id}: ${reason}` },
    }),
  );
  const timeline = await service
    .as(customer)
    .get(`/api/v1/orders/${orderId}/timeline`)
    .expect(200);
  expect(JSON.stringify(timeline.body)).toContain("retried");
  expect(JSON.stringify(timeline.body)).not.toContain(reason);
});

it("leaves a saga of another release's version alone", async () => {
  const { id } = await aSaga();
  const { db } = service.platform;
  await db.query("UPDATE saga_instances SET version = 99 WHERE id = $1", [id]);
  const { body } = await command(id, "retry").expect(409);
  expect(body.code).toBe("version-unknown");
  expect((await show(id)).awaits).toBeNull();
});

it.each([
  ["without a reason", {}],
  ["with a reason that says nothing", { reason: "   asap   " }],
  ["with more than was asked for", { reason, force: true }],
])("refuses a command %s", async (_, body) => {
  const { id } = await aSaga();
  const refused = await service
    .as(olga)
    .post(`/api/v1/sagas/${id}/retry`)
    .send(body)
    .expect(400);
  expect(refused.body.code).toBe("validation-failed");
});

it("is for operators", async () => {
  const { id } = await aSaga();
  for (const somebody of [aCustomer(), aStaffMember()]) {
    await service.as(somebody).get("/api/v1/sagas").expect(403);
    await service
      .as(somebody)
      .post(`/api/v1/sagas/${id}/retry`)
      .send({ reason })
      .expect(403);
  }
  await service.request.get(`/api/v1/sagas/${id}`).expect(401);
  await command(newId(), "retry").expect(404);
});
