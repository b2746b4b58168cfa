import { firstIdOf, newId } from "@cartwright/kernel/ids";
import { money } from "@cartwright/kernel/money";
import { orderNumberOf } from "@cartwright/kernel/order-number";
import { commandIdOf } from "@cartwright/saga/command";
import {
  aCustomer,
  anOperator,
  aStaffMember,
} from "@cartwright/testing/principals";
import type { TestService } from "@cartwright/testing/test-service";
import { placingSagaOf } from "../src/sagas/place-order.saga.ts";
import { anOrderService, answer, aPlacedOrder } from "./an-order-service.ts";
import { answersAbout } from "./answers.ts";
import { anAddress } from "./fixtures.ts";

/** What the topics say of orders, told to a database that knows less. */
const path = "/api/v1/operations/order/reconciliation";
const total = money(2500, "EUR");
let service: TestService;
beforeAll(async () => {
  service = await anOrderService();
});
afterAll(() => service.stop());

/** An order that was placed in what is lost, with everything that its topics say. */
function aLostOrder(orderId = newId<"order">()) {
  const customerId = newId();
  const sent = (step: string, data: object) => ({
    id: commandIdOf(placingSagaOf(orderId), step, "do"),
    ...{ attempt: 1, sequence: 2, data: { orderId, customerId, ...data } },
  });
  const productId = newId();
  const unitPrice = money(1250, "EUR");
  return {
    ...{ orderId, correlationId: newId(), undone: false },
    created: {
      ...{ orderId, customerId, orderNumber: orderNumberOf(orderId) },
      items: [
        { productId, sku: "MUG-01", name: "Mug", quantity: 2, unitPrice },
      ],
      ...{ totalAmount: total, createdAt: new Date().toISOString() },
    },
    authorize: sent("authorize-payment", {
      ...{ amount: total, paymentToken: "tok_visa" },
    }),
    ship: sent("create-shipment", {
      ...{ lines: [{ sku: "MUG-01", quantity: 2 }], address: anAddress },
    }),
  };
}

const reconcile = async (...orders: readonly object[]): Promise<string[]> => {
  const { body } = await service
    .as(anOperator())
    .post(path)
    .send({ reason: "restored from a backup", orders })
    .expect(200);
  const { items } = body as { items: { outcome: string }[] };
  return items.map(({ outcome }) => outcome);
};

const order = async (orderId: string) =>
  (await service.as(aStaffMember()).get(`/api/v1/orders/${orderId}`)).body as {
    status: string;
  };

const sentAbout = async (orderId: string) =>
  (await service.published())
    .filter(({ key }) => key === orderId)
    .map(({ type, id }) => ({ name: type.split(".")[1], id }));

it("places a lost order again by the commands that it had", async () => {
  const lost = aLostOrder();
  const { orderId } = lost;
  expect(await reconcile(lost)).toEqual(["begun"]);
  expect(await reconcile(lost)).toEqual(["running"]);
  expect(await order(orderId)).toMatchObject({
    ...{ status: "pending", number: lost.created.orderNumber },
  });
  const says = answersAbout(orderId, total);
  await answer(service, "inventory-commands", says.reserved);
  await answer(service, "payment-commands", says.authorized);
  expect(await sentAbout(orderId)).toMatchObject([
    { name: "OrderCreated" },
    { name: "ReserveInventory" },
    { name: "AuthorizePayment", id: lost.authorize.id },
    { name: "CreateShipment", id: lost.ship.id },
  ]);
  await answer(service, "shipping-commands", says.shipmentCreated);
  await answer(service, "payment-commands", says.captured);
  expect(await order(orderId)).toMatchObject({ status: "confirmed" });
  await answer(service, "notification-commands", says.notified);
  expect(await reconcile(lost)).toEqual(["settled"]);
});

it.each([
  [
    "had been cancelled",
    { undone: true, cancelledBecause: "out-of-stock" },
    "out-of-stock",
  ],
  ["had not come to its parcel", { ship: undefined }, "lost-by-us"],
  [
    "had not come to its payment",
    { ship: undefined, authorize: undefined },
    "lost-by-us",
  ],
] as const)("takes back a lost order that %s", async (_, known, reason) => {
  const lost = { ...aLostOrder(), ...known };
  const { orderId } = lost;
  expect(await reconcile(lost)).toEqual(["taken-back"]);
  expect(await order(orderId)).toMatchObject({ status: "cancelling" });
  const says = answersAbout(orderId, total);
  await answer(service, "shipping-commands", says.shipmentCancelled);
  await answer(service, "payment-commands", says.paymentCancelled);
  await answer(service, "inventory-commands", says.released);
  expect(await order(orderId)).toMatchObject({ status: "cancelled" });
  const cancelled = (await service.published()).find(
    ({ key, type }) => key === orderId && type === "order.OrderCancelled.v1",
  );
  expect(cancelled?.data).toMatchObject({ reason });
});

it("never charges by another key: what another run had sent is said again as it was, and undone", async () => {
  const { authorize, ...lost } = aLostOrder();
  const foreign = { ...authorize, id: newId() };
  expect(await reconcile({ ...lost, authorize: foreign })).toEqual([
    "taken-back",
  ]);
  await answer(
    service,
    "shipping-commands",
    answersAbout(lost.orderId, total).shipmentCancelled,
  );
  const sent = await sentAbout(lost.orderId);
  const payments = sent.filter(({ name }) => name?.endsWith("Payment"));
  expect(payments).toMatchObject([
    { name: "AuthorizePayment", id: foreign.id },
    { name: "CancelPayment" },
  ]);
});

it("gives back what a provider may hold of an order that has ended without it", async () => {
  const orderId = await aPlacedOrder(service);
  const says = answersAbout(orderId, total);
  await answer(service, "inventory-commands", says.outOfStock);
  const { created: _, ...known } = aLostOrder(orderId as never);
  expect(await reconcile(known)).toEqual(["released"]);
  expect((await sentAbout(orderId)).slice(-4)).toMatchObject([
    { name: "AuthorizePayment", id: known.authorize.id },
    { name: "CreateShipment", id: known.ship.id },
    { name: "CancelPayment" },
    { name: "CancelShipment" },
  ]);
});

it("makes up no order of which only commands are left", async () => {
  const { created: _, ...commands } = aLostOrder();
  expect(await reconcile(commands)).toEqual(["unknown"]);
  expect(await order(commands.orderId)).toMatchObject({ status: 404 });
});

it("has every saga ask again", async () => {
  const lost = aLostOrder();
  await reconcile(lost);
  const { body } = await service
    .as(anOperator())
    .post(`${path}/questions`)
    .send({ reason: "restored from a backup", cursor: firstIdOf(new Date(0)) })
    .expect(200);
  expect((body as { asked: number }).asked).toBeGreaterThan(0);
  const sent = await sentAbout(lost.orderId);
  expect(sent.filter(({ name }) => name === "ReserveInventory")).toHaveLength(
    2,
  );
});

it("is an operator's, wants a reason, and checks what it is told", async () => {
  const body = { reason: "restored from a backup", orders: [] };
  await service.as(aCustomer()).post(path).send(body).expect(403);
  await service.as(aStaffMember()).post(path).send(body).expect(403);
  const send = (wrong: object) =>
    service
      .as(anOperator())
      .post(path)
      .send({ ...body, ...wrong });
  await send({ reason: "" }).expect(400);
  const { authorize, ...rest } = aLostOrder();
  await send({
    orders: [{ ...rest, authorize: { ...authorize, data: {} } }],
  }).expect(400);
  await send({ orders: [{ ...rest, orderId: "1" }] }).expect(400);
});
