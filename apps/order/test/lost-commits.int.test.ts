import { days } from "@cartwright/kernel/duration";
import { firstIdOf, newId } from "@cartwright/kernel/ids";
import { money } from "@cartwright/kernel/money";
import { silentLogger, type Logger } from "@cartwright/observability/logger";
import { commandIdOf } from "@cartwright/saga/command";
import { anOperator } from "@cartwright/testing/principals";
import type { TestService } from "@cartwright/testing/test-service";
import { placingSagaOf } from "../src/sagas/place-order.saga.ts";
import {
  anOrderService,
  answer,
  aPlacedOrder,
  lastCommand,
} from "./an-order-service.ts";
import { answersAbout } from "./answers.ts";
import { anAddress } from "./fixtures.ts";

/** A failover to a replica that was behind, or a restored backup: what was published is not in the database. */
const alarms: string[] = [];
const logger: Logger = {
  ...silentLogger,
  error: (message) => void alarms.push(message),
  child: () => logger,
};
let service: TestService;
beforeEach(async () => {
  alarms.length = 0;
  service = await anOrderService({ logger });
});
afterEach(() => service.stop());

const says = (orderId: string) => answersAbout(orderId, money(2500, "EUR"));
const commandOf = (orderId: string, step: string) => ({
  commandId: commandIdOf(placingSagaOf(orderId), step, "do"),
});

async function health(): Promise<string> {
  const { status, body } = await service.request.get("/health/ready");
  expect(status).toBe(200);
  return JSON.stringify(body);
}

async function expectAlarm(): Promise<void> {
  expect(await health()).toContain("The topics are ahead of the database");
  expect(alarms).toEqual(["the topics are ahead of the database"]);
}

async function expectNoAlarm(): Promise<void> {
  expect(await health()).not.toContain("ahead of the database");
  expect(alarms).toEqual([]);
}

it("says so when an order that nobody knows is answered, once and for good", async () => {
  const lost = newId();
  const reserved = {
    ...says(lost).reserved,
    ...commandOf(lost, "reserve-inventory"),
  };
  await service.deliver(reserved);
  await service.deliver(reserved);
  await expectAlarm();
  expect(await health()).toContain("2 answers about 1 orders");
});

it("says so when a run is answered for a step that it has not come to", async () => {
  const orderId = await aPlacedOrder(service);
  await service.deliver({
    ...says(orderId).authorized,
    ...commandOf(orderId, "authorize-payment"),
  });
  await expectAlarm();
});

it("keeps still about answers that come twice, too late, or to a run that has ended", async () => {
  const orderId = await aPlacedOrder(service);
  const first = await lastCommand(service, "inventory-commands");
  await answer(service, "inventory-commands", says(orderId).reserved);
  await service.deliver({ ...says(orderId).reserved, commandId: first.id });
  await answer(service, "payment-commands", says(orderId).declined);
  await answer(service, "inventory-commands", says(orderId).released);
  await service.deliver({ ...says(orderId).reserved, commandId: first.id });
  await expectNoAlarm();
});

it("keeps still about an order so old that its run may have been retired, and about strangers", async () => {
  const old = firstIdOf(new Date(Date.now() - days(7)));
  await service.deliver({
    ...says(old).reserved,
    ...commandOf(old, "reserve-inventory"),
  });
  await service.deliver({ ...says("a-stranger").reserved, commandId: newId() });
  await service.deliver(says(newId()).reserved);
  await expectNoAlarm();
});

it("keeps still about what reconciling an order asks for, when its own run has ended without it", async () => {
  const orderId = await aPlacedOrder(service);
  const its = says(orderId);
  await answer(service, "inventory-commands", its.outOfStock);
  const sent = (step: string, data: object) => ({
    id: commandOf(orderId, step).commandId,
    ...{ attempt: 1, sequence: 2 },
    data: { orderId, customerId: newId(), ...data },
  });
  const amount = money(2500, "EUR");
  const lines = [{ sku: "MUG-01", quantity: 2 }];
  const reported = {
    ...{ orderId, correlationId: newId(), undone: false },
    authorize: sent("authorize-payment", { amount, paymentToken: "tok_visa" }),
    ship: sent("create-shipment", { lines, address: anAddress }),
  };
  await service
    .as(anOperator())
    .post("/api/v1/operations/order/reconciliation")
    .send({ reason: "restored from a backup", orders: [reported] })
    .expect(200, { items: [{ orderId, outcome: "released" }] });

  await answer(service, "payment-commands", its.paymentCancelled);
  await answer(service, "shipping-commands", its.shipmentCancelled);
  await service.deliver({
    ...its.authorized,
    ...commandOf(orderId, "authorize-payment"),
  });
  await expectNoAlarm();
});
