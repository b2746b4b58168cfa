import { newId } from "@cartwright/kernel/ids";
import { eventually } from "@cartwright/testing/eventually";
import {
  testService,
  type TestService,
} from "@cartwright/testing/test-service";
import { shippingWith } from "../src/shipping-service.ts";
import { deliverable, nowhere } from "./carrier-conformance.ts";
import { cancel, confirm, create } from "./fixtures.ts";
import { troubledCarrier, type TroubledCarrier } from "./troubled-carrier.ts";

let carrier: TroubledCarrier;
let service: TestService;
beforeAll(async () => {
  carrier = troubledCarrier();
  service = await testService(shippingWith(() => carrier));
});
afterAll(() => service.stop());

it("has the carrier come for exactly those parcels that are not cancelled", async () => {
  const orders = Array.from({ length: 120 }, (_, n) => ({
    orderId: newId(),
    address: n % 7 === 0 ? nowhere : deliverable,
    cancelled: n % 3 === 0,
  }));
  const toCancel = orders.filter((order) => order.cancelled);
  const early = toCancel.filter((_, n) => n % 3 === 0);
  const meanwhile = toCancel.filter((_, n) => n % 3 === 1);
  const late = toCancel.filter((_, n) => n % 3 === 2);

  await service.deliver(...early.map(({ orderId }) => cancel(orderId)));
  await service.deliver(...orders.map((order) => create(order.orderId, order)));
  await service.deliver(...meanwhile.map(({ orderId }) => cancel(orderId)));
  await settled();
  await service.deliver(...orders.map(({ orderId }) => confirm(orderId)));
  await service.deliver(...late.map(({ orderId }) => cancel(orderId)));
  await settled();

  const shipments = await service.platform.db.query<{
    id: string;
    status: string;
  }>("SELECT id, status FROM shipments");
  expect(shipments).toHaveLength(orders.length);
  const leaving = shipments.filter(({ status }) => status === "dispatchable");
  expect([...carrier.live].sort()).toEqual(leaving.map(({ id }) => id).sort());
  const statuses = new Set(shipments.map(({ status }) => status));
  expect(statuses).toEqual(new Set(["dispatchable", "rejected", "cancelled"]));
});

it("has answered every command once", async () => {
  const answers = (await service.published()).flatMap(
    ({ commandId }) => commandId ?? [],
  );
  expect(new Set(answers).size).toBe(answers.length);
  expect(answers).toHaveLength(120 + 40);
});

const settled = () =>
  eventually(async () =>
    expect(await service.platform.db.query("SELECT FROM attempts")).toEqual([]),
  );
