import { sendNotification } from "@cartwright/contracts/notification";
import { orderCancelled } from "@cartwright/contracts/order";
import { refundProcessed } from "@cartwright/contracts/payment";
import { fixedClock } from "@cartwright/kernel/clock";
import { seconds } from "@cartwright/kernel/duration";
import { derivedId, newId, type OrderId } from "@cartwright/kernel/ids";
import { money } from "@cartwright/kernel/money";
import { orderNumberOf } from "@cartwright/kernel/order-number";
import type { Message } from "@cartwright/contracts/message";
import type { MessageOf } from "@cartwright/contracts/define";
import type { Outgoing } from "@cartwright/messaging/outbox";
import { silentLogger } from "@cartwright/observability/logger";
import { eventually } from "@cartwright/testing/eventually";
import {
  testDatabase,
  type TestDatabase,
} from "@cartwright/testing/test-database";
import {
  onNotificationWanted,
  onRefund,
} from "../src/consumers/on-notification-wanted.ts";
import { mailStore } from "../src/db/mail-store.ts";
import { findTemplates } from "../src/db/templates.ts";
import type { Contacts } from "../src/delivering/contacts.ts";
import { localOutbox } from "../src/delivering/local-outbox.ts";
import { mailWorker } from "../src/delivering/mail-worker.ts";

const clock = fixedClock(new Date("2026-05-01T10:00:00Z"));

let database: TestDatabase;
let stop: (() => Promise<void>) | undefined;

beforeEach(async () => {
  database = await testDatabase("notification");
});
afterEach(async () => {
  await stop?.();
  stop = undefined;
  await database.stop();
});

/** The service without its transport: messages go in, outgoing messages are collected. */
async function aService(contacts: Contacts) {
  const published: Outgoing[] = [];
  const outbox = {
    append: async (_: unknown, messages: readonly Outgoing[]) =>
      void published.push(...messages),
  };
  const { db } = database;
  const mails = mailWorker({
    db,
    outbox,
    clock,
    logger: silentLogger,
    contacts,
    findTemplate: findTemplates(db),
    channel: localOutbox(mailStore(db)),
    concurrency: 50,
    timeout: seconds(7),
  });
  await mails.start?.();
  stop = async () => mails.stop?.();
  const handler = onNotificationWanted({ mails, outbox, clock });
  const refunds = onRefund({ mails, outbox, clock });
  return {
    published,
    hear: (...messages: Message[]) =>
      db.transaction((tx) => refunds.handle(tx, messages)),
    deliver: (...messages: Message[]) =>
      db.transaction((tx) => handler.handle(tx, messages)),
    mails: () =>
      db.query<{ recipient: string; subject: string; body: string }>(
        "SELECT * FROM mails",
      ),
  };
}

const reachable: Contacts = {
  find: async () => ({ email: "ada@example.com", name: "Ada & Co" }),
};

const envelope = () => ({
  id: newId(),
  source: "order",
  time: clock.now().toISOString(),
  sequence: 1,
  correlationId: newId(),
});

function aCommand(
  orderId = newId<"order">(),
  template = "order-confirmed",
): MessageOf<typeof sendNotification> {
  return {
    ...sendNotification({
      orderId,
      customerId: newId(),
      template,
      values: { orderNumber: "A-1", total: "EUR 29.99" },
    }),
    ...envelope(),
    attempt: 1,
  };
}

function aCancellation(orderId: string): MessageOf<typeof orderCancelled> {
  return {
    ...orderCancelled({
      orderId,
      orderNumber: "A-1",
      customerId: newId(),
      totalAmount: money(2999, "EUR"),
      reason: "out-of-stock",
      wasConfirmed: false,
      cancelledAt: clock.now().toISOString(),
    }),
    ...envelope(),
  };
}

function aRefund(reason: string): MessageOf<typeof refundProcessed> {
  const orderId = newId();
  return {
    ...refundProcessed({
      ...{ orderId, paymentId: derivedId("payment", orderId) },
      ...{ customerId: newId(), amount: money(2999, "EUR"), reason },
      ...{ refundId: newId(), refundedAt: clock.now().toISOString() },
    }),
    ...envelope(),
  };
}

it("mails the confirmation and answers the command", async () => {
  const { deliver, published, mails } = await aService(reachable);
  const command = aCommand();
  await deliver(command);
  await eventually(() => expect(published).toHaveLength(1));
  expect(published[0]).toMatchObject({
    draft: {
      type: "notification.NotificationSent.v1",
      key: command.data.orderId,
    },
    sequence: 1,
    cause: { commandId: command.id, correlationId: command.correlationId },
  });
  expect(await mails()).toMatchObject([
    { recipient: "ada@example.com", subject: "Your order A-1 is confirmed" },
  ]);
  expect((await mails())[0]?.body).toContain("Hello Ada &amp; Co");
});

it("mails a cancellation without being asked, and answers nobody", async () => {
  const { deliver, published, mails } = await aService(reachable);
  await deliver(aCancellation(newId()));
  await eventually(() => expect(published).toHaveLength(1));
  expect(published[0]?.cause.commandId).toBeUndefined();
  expect((await mails())[0]?.body).toContain("out of stock");
});

it("mails a refund once, though it was told of twice", async () => {
  const { hear, published, mails } = await aService(reachable);
  const refund = aRefund("refund-requested");
  await hear(refund, aRefund("order-cancelled"));
  await hear({ ...refund, id: newId() });
  await eventually(() => expect(published).toHaveLength(1));
  const sent = await mails();
  expect(sent).toHaveLength(1);
  expect(sent[0]?.subject).toContain(
    orderNumberOf(refund.data.orderId as OrderId),
  );
  expect(sent[0]?.body).toContain("EUR 29.99");
});

it("sends many mails in few rounds", async () => {
  const { deliver, published, mails } = await aService(reachable);
  await deliver(...Array.from({ length: 120 }, () => aCommand()));
  await eventually(() => expect(published).toHaveLength(120));
  expect(await mails()).toHaveLength(120);
});

it("sends one mail per fact, however often it is asked", async () => {
  const { promise: asked, resolve: askedOften } = Promise.withResolvers();
  const { deliver, published, mails } = await aService({
    async find(customerId) {
      await asked;
      return reachable.find(customerId);
    },
  });
  const orderId = newId<"order">();
  const first = aCommand(orderId);
  await deliver(first);
  await deliver({ ...first, attempt: 2 });
  askedOften(undefined);
  await eventually(() => expect(published).toHaveLength(1));
  await deliver(aCancellation(orderId));
  await eventually(() => expect(published).toHaveLength(2));
  expect(await mails()).toHaveLength(2);
});

it("tells another command how the delivery had ended", async () => {
  const { deliver, published, mails } = await aService(reachable);
  const orderId = newId<"order">();
  await deliver(aCommand(orderId));
  await eventually(() => expect(published).toHaveLength(1));
  const other = aCommand(orderId);
  await deliver(other);
  expect(published[1]).toMatchObject({
    sequence: 2,
    cause: { commandId: other.id },
  });
  expect(await mails()).toHaveLength(1);
});

it("gives up at once on a customer who does not exist", async () => {
  const { deliver, published, mails } = await aService({
    find: async () => undefined,
  });
  await deliver(aCommand());
  await eventually(() => expect(published).toHaveLength(1));
  expect(published[0]?.draft).toMatchObject({
    type: "notification.NotificationFailed.v1",
    data: { code: "no-contact" },
  });
  expect(await mails()).toHaveLength(0);
});

it("fails a notification whose template there is not", async () => {
  const { deliver, published } = await aService(reachable);
  await deliver(aCommand(newId<"order">(), "birthday"));
  await eventually(() => expect(published).toHaveLength(1));
  expect(published[0]?.draft.data).toMatchObject({ code: "unknown-template" });
});

it("waits for identity to come back", async () => {
  let down = true;
  const { deliver, published } = await aService({
    find: async (customerId) => {
      if (down) throw new Error("identity cannot be reached");
      return reachable.find(customerId);
    },
  });
  await deliver(aCommand());
  await eventually(async () => {
    const [attempt] = await database.db.query<{ last_failure: string }>(
      "SELECT * FROM attempts",
    );
    expect(attempt?.last_failure).toContain("identity cannot be reached");
  });
  expect(published).toHaveLength(0);
  down = false;
  await eventually(() => expect(published).toHaveLength(1));
  await eventually(async () =>
    expect(await database.db.query("SELECT FROM attempts")).toHaveLength(0),
  );
});
