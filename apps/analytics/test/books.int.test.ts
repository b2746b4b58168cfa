import type { Draft, Message } from "@cartwright/contracts/message";
import {
  orderCancelled,
  orderConfirmed,
  orderCreated,
} from "@cartwright/contracts/order";
import {
  paymentCancelled,
  paymentProcessed,
  refundProcessed,
} from "@cartwright/contracts/payment";
import { derivedId, newId } from "@cartwright/kernel/ids";
import { money } from "@cartwright/kernel/money";
import {
  testDatabase,
  type TestDatabase,
} from "@cartwright/testing/test-database";
import { onAnyEvent } from "../src/consumers/on-any-event.ts";
import { analyticsReader } from "../src/db/analytics-reader.ts";

const at = "2026-05-01T12:00:00.000Z";

let database: TestDatabase;
beforeEach(async () => {
  database = await testDatabase("analytics");
});
afterEach(() => database.stop());

const deliver = (...messages: Message[]) =>
  database.db.transaction(async (tx) =>
    onAnyEvent.handle(tx, [...(await onAnyEvent.remember(tx, messages))]),
  );

let published = 0;
const message = (draft: Draft): Message => ({
  ...draft,
  id: newId(),
  source: draft.topic.replace("-events", ""),
  time: at,
  sequence: ++published,
  correlationId: newId(),
});

function anOrder(amount: number, currency = "EUR") {
  const common = {
    orderId: newId<"order">(),
    orderNumber: "A-1",
    customerId: newId(),
    totalAmount: money(amount, currency),
  };
  const items = [
    {
      productId: newId(),
      sku: "MUG",
      name: "Mug",
      quantity: 1,
      unitPrice: common.totalAmount,
    },
  ];
  const payment = {
    orderId: common.orderId,
    paymentId: derivedId("payment", common.orderId),
    amount: common.totalAmount,
  };
  return {
    orderId: common.orderId,
    created: () => message(orderCreated({ ...common, items, createdAt: at })),
    paid: () =>
      message(
        paymentProcessed({
          ...payment,
          processedAt: at,
        }),
      ),
    refunded: (reason: string) =>
      message(
        refundProcessed({
          ...payment,
          ...{ refundId: newId(), reason, refundedAt: at },
        }),
      ),
    released: (refundedBefore: boolean) =>
      message(
        paymentCancelled({
          ...payment,
          outcome: "refunded",
          cancelledAt: at,
          ...(refundedBefore && { refundedBefore }),
        }),
      ),
    confirmed: () =>
      message(orderConfirmed({ ...common, items, confirmedAt: at })),
    cancelled: (wasConfirmed: boolean) =>
      message(
        orderCancelled({
          ...common,
          reason: "x",
          wasConfirmed,
          cancelledAt: at,
        }),
      ),
  };
}

type Order = ReturnType<typeof anOrder>;

it("counts orders and revenue over many batches", async () => {
  const [a, b, c] = [anOrder(1000), anOrder(500), anOrder(700, "CHF")];
  await deliver(a.created(), b.created(), c.created());
  await deliver(a.confirmed(), c.confirmed(), b.cancelled(false));
  await deliver(a.cancelled(true));
  const day = new Date("2026-05-01");
  const rows = await analyticsReader(database.db).sales("2026-05-01");
  expect(rows).toEqual([
    {
      day,
      currency: "CHF",
      placed: 1,
      confirmed: 1,
      cancelled: 0,
      revenue: 700n,
      refunded: 0n,
    },
    {
      day,
      currency: "EUR",
      placed: 2,
      confirmed: 1,
      cancelled: 2,
      revenue: 0n,
      refunded: 0n,
    },
  ]);
});

it("counts a refund, and what a cancellation takes over of it", async () => {
  const [kept, cancelled, other] = [1000, 500, 300].map((amount) =>
    anOrder(amount),
  ) as [Order, Order, Order];
  await deliver(...[kept, cancelled, other].map((each) => each.confirmed()));
  await deliver(kept.refunded("refund-requested"));
  await deliver(cancelled.refunded("refund-requested"));
  await deliver(cancelled.released(true), cancelled.cancelled(true));
  await deliver(other.refunded("order-cancelled"), other.released(false));
  await deliver(other.cancelled(true));
  expect(await analyticsReader(database.db).sales("2026-05-01")).toMatchObject([
    { confirmed: 3, cancelled: 2, revenue: 1000n, refunded: 1000n },
  ]);
});

it("tells what happened to an order, in order", async () => {
  const [order, other] = [anOrder(1000), anOrder(500)];
  await deliver(order.created(), other.created(), order.paid());
  await deliver(order.confirmed());
  const events = await analyticsReader(database.db).eventsOfOrder(
    order.orderId,
  );
  expect(events.map(({ type }) => type)).toEqual([
    "order.OrderCreated.v1",
    "payment.PaymentProcessed.v1",
    "order.OrderConfirmed.v1",
  ]);
  expect(events[0]?.data).toMatchObject({
    totalAmount: { amount: 1000, currency: "EUR" },
  });
});

it("keeps what this version does not know yet", async () => {
  const order = anOrder(1000);
  const created = order.created();
  const payload = JSON.stringify({ ...(created.data as object), gift: true });
  await deliver({ ...created, payload });
  const [event] = await analyticsReader(database.db).eventsOfOrder(
    order.orderId,
  );
  expect(event?.data).toHaveProperty("gift", true);
});

it("pages through the archive, newest first", async () => {
  const orders = [1, 2, 3, 4, 5].map((amount) => anOrder(amount).created());
  await deliver(...orders);
  const reader = analyticsReader(database.db);
  const first = await reader.events({}, { limit: 2 });
  const second = await reader.events(
    {},
    { limit: 2, before: first.at(-1)?.id },
  );
  const newestFirst = orders.map(({ id }) => id).reverse();
  expect([...first, ...second].map(({ id }) => id)).toEqual(
    newestFirst.slice(0, 4),
  );
});

it("keeps this month's events in this month's partition", async () => {
  await deliver(anOrder(1000).created());
  const rows = await database.db.query<{ partition: string }>(
    "SELECT tableoid::regclass::text AS partition FROM event_archive",
  );
  expect(rows[0]?.partition).toMatch(/^event_archive_\d{6}$/);
});

it("may have its role create the partitions of months to come", async () => {
  await database.db.query("SELECT keep_archive_partitions(6)");
  const rows = await database.db.query(
    "SELECT FROM pg_inherits WHERE inhparent = 'event_archive'::regclass",
  );
  expect(rows).toHaveLength(8);
});
