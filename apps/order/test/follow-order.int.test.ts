import {
  shipmentDelivered,
  shipmentDispatched,
} from "@cartwright/contracts/shipping";
import { derivedId, newId } from "@cartwright/kernel/ids";
import { money } from "@cartwright/kernel/money";
import { eventually } from "@cartwright/testing/eventually";
import { aCustomer, aStaffMember } from "@cartwright/testing/principals";
import type { TestService } from "@cartwright/testing/test-service";
import {
  aBody,
  anOrderService,
  answer,
  lastCommand,
} from "./an-order-service.ts";
import { lookedAt } from "../src/queries/list-orders.ts";
import { answersAbout } from "./answers.ts";
import { anAddress } from "./fixtures.ts";

let service: TestService;
beforeAll(async () => {
  service = await anOrderService({ env: { SAGA_TIME_SCALE: "1" } });
});
afterAll(() => service.stop());

async function aPlacedOrder() {
  const user = aCustomer();
  const { body } = await service
    .as(user)
    .post("/api/v1/orders")
    .set("idempotency-key", newId())
    .send(aBody())
    .expect(202);
  const { orderId } = body as { orderId: string };
  const says = answersAbout(orderId, money(2500, "EUR"));
  const read = async (path = "") =>
    (await service.as(user).get(`/api/v1/orders/${orderId}${path}`).expect(200))
      .body as Record<string, unknown> & { items: Record<string, unknown>[] };
  const cancel = () =>
    service.as(user).post(`/api/v1/orders/${orderId}/cancellation`);
  return { user, orderId, says, read, cancel };
}

async function aConfirmedOrder() {
  const order = await aPlacedOrder();
  await answer(service, "inventory-commands", order.says.reserved);
  await answer(service, "payment-commands", order.says.authorized);
  await answer(service, "shipping-commands", order.says.shipmentCreated);
  await answer(service, "payment-commands", order.says.captured);
  return order;
}

const eventsAbout = async (orderId: string) =>
  (await service.published())
    .filter(({ subject }) => subject === `order/${orderId}`)
    .filter(({ topic }) => topic === "order-events")
    .map(({ type, sequence }) => `${type.split(".")[1]}#${sequence}`);

it("goes from pending to confirmed, and tells its story", async () => {
  const { orderId, says, read } = await aConfirmedOrder();
  expect(await read()).toMatchObject({ status: "confirmed" });
  await answer(service, "notification-commands", says.notified);
  const { items } = await read("/timeline");
  expect(
    items.map(({ step, entry }) => [step, entry].filter(Boolean).join(" ")),
  ).toEqual([
    "started",
    "reserve-inventory sent",
    "reserve-inventory done",
    "authorize-payment sent",
    "authorize-payment done",
    "create-shipment sent",
    "create-shipment done",
    "capture-payment sent",
    "capture-payment done",
    "notify-customer sent",
    "notify-customer done",
    "completed",
  ]);
  expect(await eventsAbout(orderId)).toEqual([
    "OrderCreated#1",
    "OrderConfirmed#2",
  ]);
});

it("keeps one correlation from the request to the last command, and says what caused what", async () => {
  const { orderId } = await aConfirmedOrder();
  const about = (await service.published()).filter(
    ({ key }) => key === orderId,
  );
  expect(new Set(about.map(({ correlationId }) => correlationId)).size).toBe(1);
  const notify = about.find(({ topic }) => topic === "notification-commands");
  expect(notify?.causationId).toBeDefined();
});

it("is cancelled with the reason when the card is declined", async () => {
  const { orderId, says, read } = await aPlacedOrder();
  await answer(service, "inventory-commands", says.reserved);
  await answer(service, "payment-commands", says.declined);
  await answer(service, "inventory-commands", says.released);
  expect(await read()).toMatchObject({
    status: "cancelled",
    cancellationReason: "card-declined",
  });
  expect(await eventsAbout(orderId)).toEqual([
    "OrderCreated#1",
    "OrderCancelled#2",
  ]);
});

it("cancels a pending order by turning its saga round", async () => {
  const { says, read, cancel } = await aPlacedOrder();
  await answer(service, "inventory-commands", says.reserved);
  const response = await cancel().expect(202);
  expect(response.body).toMatchObject({ status: "cancelling" });
  expect(await read()).toMatchObject({ status: "cancelling" });
  await answer(service, "payment-commands", says.paymentCancelled);
  await answer(service, "inventory-commands", says.released);
  expect(await read()).toMatchObject({
    status: "cancelled",
    cancellationReason: "requested-by-customer",
  });
});

it("takes the order back when the capture it could no longer stop succeeds", async () => {
  const { orderId, says, read, cancel } = await aPlacedOrder();
  await answer(service, "inventory-commands", says.reserved);
  await answer(service, "payment-commands", says.authorized);
  await answer(service, "shipping-commands", says.shipmentCreated);
  await cancel().expect(202);
  await answer(service, "payment-commands", says.captured);
  expect(await read()).toMatchObject({
    status: "cancelling",
    confirmedAt: null,
  });
  await answer(service, "shipping-commands", says.shipmentCancelled);
  await answer(service, "payment-commands", says.paymentCancelled);
  await answer(service, "inventory-commands", says.released);
  expect(await read()).toMatchObject({ status: "cancelled" });
  expect(await eventsAbout(orderId)).toEqual([
    "OrderCreated#1",
    "OrderCancelled#2",
  ]);
});

it("cancels a confirmed order parcel first, and counts it as having been confirmed", async () => {
  const { orderId, says, read, cancel } = await aConfirmedOrder();
  await cancel().expect(202);
  await cancel().expect(202);
  await answer(service, "shipping-commands", says.shipmentCancelled);
  await answer(service, "payment-commands", says.paymentCancelled);
  await answer(service, "inventory-commands", says.released);
  expect(await read()).toMatchObject({ status: "cancelled" });
  const cancelled = (await service.published()).find(
    ({ type, key }) => key === orderId && type === "order.OrderCancelled.v1",
  );
  expect(cancelled?.data).toMatchObject({ wasConfirmed: true });
  const again = await cancel().expect(202);
  expect(again.body).toEqual({ orderId, status: "cancelled" });
  const said = await eventsAbout(orderId);
  expect(
    said.filter((event) => event.startsWith("OrderCancelled")),
  ).toHaveLength(1);
});

it("goes on when the cancellation comes too late, and is completed when the parcel arrives", async () => {
  const { orderId, says, read, cancel } = await aConfirmedOrder();
  await cancel().expect(202);
  const parcel = {
    orderId,
    shipmentId: derivedId("shipment", orderId),
    trackingNumber: "T1",
  };
  const at = new Date().toISOString();
  await service.deliver(
    shipmentDispatched({ ...parcel, carrier: "simulated", dispatchedAt: at }),
  );
  await answer(service, "shipping-commands", says.alreadyDispatched);
  expect(await read()).toMatchObject({
    status: "shipped",
    trackingNumber: "T1",
  });
  const refused = await cancel().expect(409);
  expect(refused.body).toMatchObject({
    code: "order-not-cancellable",
    orderStatus: "shipped",
  });
  await service.deliver(shipmentDelivered({ ...parcel, deliveredAt: at }));
  expect(await read()).toMatchObject({ status: "completed" });
});

it("undoes a step whose participant stays silent", async () => {
  const { orderId, says, read } = await aPlacedOrder();
  await service.platform.db.query(
    "UPDATE saga_instances SET deadline = now(), wake_at = now() WHERE key = $1",
    [orderId],
  );
  await eventually(async () =>
    expect((await lastCommand(service, "inventory-commands")).type).toBe(
      "inventory.ReleaseInventory.v1",
    ),
  );
  await answer(service, "inventory-commands", says.released);
  expect(await read()).toMatchObject({
    status: "cancelled",
    cancellationReason: "reserve-inventory-timed-out",
  });
});

it("looks again at the deadline when it is woken before", async () => {
  const { orderId, read } = await aPlacedOrder();
  const { db } = service.platform;
  await db.query("UPDATE saga_instances SET wake_at = now() WHERE key = $1", [
    orderId,
  ]);
  await eventually(async () =>
    expect(
      await db.query(
        "SELECT wake_at = deadline AS asleep FROM saga_instances WHERE key = $1",
        [orderId],
      ),
    ).toEqual([{ asleep: true }]),
  );
  expect(await read()).toMatchObject({ status: "pending" });
});

it("takes an answer once, however often it comes", async () => {
  const { says, orderId } = await aPlacedOrder();
  const { id: commandId } = await lastCommand(service, "inventory-commands");
  const id = newId();
  await service.deliver({ ...says.reserved, commandId, id });
  await service.deliver({ ...says.reserved, commandId, id, sequence: 1 });
  const asked = (await service.published()).filter(
    ({ key, topic }) => key === orderId && topic === "payment-commands",
  );
  expect(asked).toHaveLength(1);
});

it("shows an order to its customer and to staff, and to nobody else", async () => {
  const { orderId, user } = await aPlacedOrder();
  const path = `/api/v1/orders/${orderId}`;
  await service.as(user).get(path).expect(200);
  await service.as(aStaffMember()).get(path).expect(200);
  const foreign = await service.as(aCustomer()).get(path).expect(404);
  expect(foreign.body).toMatchObject({ code: "not-found" });
  await service.as(aCustomer()).get(`${path}/timeline`).expect(404);
  await service
    .as(aCustomer())
    .post(`${path}/cancellation`)
    .send({})
    .expect(404);
  await service.request.get(path).expect(401);
});

it("lists a customer's orders, newest first, a page at a time", async () => {
  const { user, orderId: older } = await aPlacedOrder();
  const { body } = await service
    .as(user)
    .post("/api/v1/orders")
    .set("idempotency-key", newId())
    .send(aBody())
    .expect(202);
  const list = async (query: string) =>
    (await service.as(user).get(`/api/v1/orders?${query}`).expect(200))
      .body as {
      items: { id: string }[];
      nextCursor?: string;
    };
  const first = await list("limit=1");
  expect(first.items.map(({ id }) => id)).toEqual([
    (body as { orderId: string }).orderId,
  ]);
  const second = await list(`limit=1&cursor=${first.nextCursor ?? ""}`);
  expect(second.items.map(({ id }) => id)).toEqual([older]);
  expect(second.nextCursor).toBeUndefined();
});

it("finds an order by the number that the customer quotes", async () => {
  const { orderId, user, read } = await aPlacedOrder();
  const { number } = (await read()) as unknown as { number: string };
  const path = `/api/v1/orders/${number}`;
  const found = await service.as(user).get(path.toLowerCase()).expect(200);
  expect(found.body).toMatchObject({ id: orderId, number });
  await service.as(aStaffMember()).get(`${path}/timeline`).expect(200);
  await service.as(aCustomer()).get(path).expect(404);
  await service.as(user).get("/api/v1/orders/CW-0000-0000-0000").expect(404);
  const { body } = await service.as(user).get("/api/v1/orders/42").expect(400);
  expect(JSON.stringify(body)).toContain("nor its number");
});

it("lists the orders of a status, and to staff those of a customer", async () => {
  const { user, orderId, read } = await aPlacedOrder();
  const { customerId } = (await read()) as unknown as { customerId: string };
  const listed = async (query: string, by = user) => {
    const { body } = await service
      .as(by)
      .get(`/api/v1/orders?${query}`)
      .expect(200);
    return (body as { items: { id: string }[] }).items.map(({ id }) => id);
  };
  expect(await listed("status=pending")).toEqual([orderId]);
  expect(await listed("status=confirmed")).toEqual([]);
  expect(await listed(`customerId=${customerId}`)).toEqual([orderId]);
  const staff = aStaffMember();
  expect(await listed(`customerId=${customerId}`, staff)).toEqual([orderId]);
  expect(
    await listed(`customerId=${customerId}&status=shipped`, staff),
  ).toEqual([]);
  await service
    .as(user)
    .get(`/api/v1/orders?customerId=${newId()}`)
    .expect(403);
  await service.as(user).get("/api/v1/orders?status=lost").expect(400);
});

it("goes on from the last order that it has looked at for a status", async () => {
  const user = aCustomer();
  const { db } = service.platform;
  await db.query(
    `INSERT INTO orders (id, number, customer_id, status, items, total_amount, currency, shipping_address,
       event_sequence, created_at)
     SELECT ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, 'CW-' || n, $1::uuid,
       CASE n WHEN 1 THEN 'confirmed' ELSE 'pending' END, '[]', 1, 'EUR', $2::json, 1, now()
     FROM generate_series(1, ${lookedAt + 1}) AS n`,
    [user.id, JSON.stringify(anAddress)],
  );
  const list = async (cursor = "") => {
    const query = `status=confirmed${cursor && `&cursor=${cursor}`}`;
    const { body } = await service
      .as(user)
      .get(`/api/v1/orders?${query}`)
      .expect(200);
    return body as { items: { id: string }[]; nextCursor?: string };
  };
  const first = await list();
  expect(first.items).toEqual([]);
  const second = await list(first.nextCursor);
  expect(second.items).toHaveLength(1);
  expect(second.nextCursor).toBeUndefined();
});
