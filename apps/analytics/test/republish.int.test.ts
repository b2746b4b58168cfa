import type { Message } from "@cartwright/contracts/message";
import { orderCompleted } from "@cartwright/contracts/order";
import { paymentProcessed } from "@cartwright/contracts/payment";
import { days } from "@cartwright/kernel/duration";
import { derivedId, firstIdOf, newId } from "@cartwright/kernel/ids";
import { money } from "@cartwright/kernel/money";
import {
  aCustomer,
  anOperator,
  aStaffMember,
} from "@cartwright/testing/principals";
import {
  testService,
  type TestService,
} from "@cartwright/testing/test-service";
import { analyticsService } from "../src/analytics-service.ts";

const path = "/api/v1/operations/analytics/archive/republish";
const reason = "shipping was away for eight days";
const operator = anOperator();
const at = new Date().toISOString();

let analytics: TestService;
beforeAll(async () => {
  analytics = await testService(analyticsService);
});
afterEach(() =>
  analytics.platform.db.query(
    `WITH events AS (DELETE FROM event_archive), actions AS (DELETE FROM operator_actions)
     DELETE FROM outbox`,
  ),
);
afterAll(() => analytics.stop());

const completed = (orderId: string, more: Partial<Message> = {}) => ({
  ...orderCompleted({ orderId, customerId: newId(), completedAt: at }),
  ...{ id: newId(), source: "order", time: at, correlationId: "flow" },
  ...more,
});
const paid = (orderId: string, more: Partial<Message> = {}) => ({
  ...paymentProcessed({
    orderId,
    paymentId: derivedId("payment", orderId),
    amount: money(1250, "EUR"),
    processedAt: at,
  }),
  ...{ id: newId(), source: "payment", time: at, correlationId: "flow" },
  ...more,
});

/** Ids of their own time, which those that are made here and now are not. */
const idAt = (ms: number) => firstIdOf(new Date(ms));

const republish = (body: object, as = operator) =>
  analytics
    .as(as)
    .post(path)
    .send({ reason, ...body });
const idsOf = (messages: readonly { readonly id: string }[]) =>
  messages.map(({ id }) => id);

it("publishes the events of a key again, as they were, to the topics they came from", async () => {
  const [order, other] = [newId(), newId()];
  const answer = { causationId: newId(), commandId: newId() };
  const events = [
    paid(order, { sequence: 1, ...answer }),
    completed(order, { sequence: 1 }),
    completed(order, { sequence: 2, causationId: newId() }),
  ];
  await analytics.deliver(...events, completed(other));
  const { body } = await republish({ key: order }).expect(200);
  expect(body).toEqual({ events: 3 });
  expect(await analytics.published()).toMatchObject(events);
});

it("keeps who did it and why", async () => {
  const order = newId();
  await analytics.deliver(completed(order));
  await republish({ key: order }).expect(200);
  const { body } = await analytics
    .as(operator)
    .get("/api/v1/operations/analytics/audit")
    .expect(200);
  expect(body.items).toMatchObject([
    {
      ...{ operator: operator.id, action: "archive.republish", reason },
      ...{ target: order, before: { key: order }, after: { events: 1 } },
    },
  ]);
});

it("publishes a span of time, of one topic where one is named, a page at a time", async () => {
  const now = Date.now();
  const ids = [-5_000, -3_000, -2_000, -1_000].map((ms) => idAt(now + ms));
  const [early, first, second, late] = ids.map((id) =>
    completed(newId(), { id }),
  );
  if (!early || !first || !second || !late) throw new Error("four events");
  const elsewhere = paid(newId(), { id: idAt(now - 2_500) });
  await analytics.deliver(early, first, elsewhere, second, late);
  const span = {
    from: new Date(now - 4_000).toISOString(),
    to: new Date(now - 1_500).toISOString(),
  };
  const topic = "order-events";
  const page = { ...span, topic, limit: 1 };
  const { body } = await republish(page).expect(200);
  expect(body).toEqual({ events: 1, nextCursor: first.id });
  await republish({ ...page, cursor: first.id }).expect(200);
  const end = await republish({ ...page, cursor: second.id }).expect(200);
  expect(end.body).toEqual({ events: 0 });
  expect(idsOf(await analytics.published())).toEqual(idsOf([first, second]));
  await republish(span).expect(200);
  expect(idsOf((await analytics.published()).slice(2))).toEqual(
    idsOf([first, elsewhere, second]),
  );
});

it("goes by the numbers of a subject where the clocks of two replicas disagreed", async () => {
  const [order, now] = [newId(), Date.now()];
  const sequences = [1, 3, 2, 4];
  await analytics.deliver(
    ...sequences.map((sequence, index) =>
      completed(order, { id: idAt(now - 100 + index), sequence }),
    ),
  );
  await republish({ key: order }).expect(200);
  const again = await analytics.published();
  expect(again.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4]);
});

it("publishes nothing that consumers may have forgotten", async () => {
  const order = newId();
  const old = idAt(Date.now() - days(14));
  await analytics.deliver(completed(order));
  await analytics.platform.db.query(
    "UPDATE event_archive SET id = $1 WHERE key = $2",
    [old, order],
  );
  const byKey = await republish({ key: order }).expect(200);
  expect(byKey.body).toEqual({ events: 0 });
  const from = new Date(Date.now() - days(14)).toISOString();
  const { body } = await republish({ from }).expect(422);
  expect(body).toMatchObject({ code: "too-long-ago" });
  expect(Date.parse(body.earliest)).toBeGreaterThan(Date.parse(from));
  expect(await analytics.published()).toEqual([]);
});

it.each([
  ["neither a key nor a time", {}],
  ["a topic alone", { topic: "order-events" }],
  ["a topic of commands", { key: "k", topic: "payment-commands" }],
  ["more than a transaction should hold", { key: "k", limit: 1_001 }],
  ["no reason", { key: "k", reason: "" }],
  ["a time that is none", { from: "yesterday" }],
])("refuses %s", async (_, body) => {
  const answer = await republish(body).expect(400);
  expect(answer.body).toMatchObject({ code: "validation-failed" });
});

it.each([aCustomer(), aStaffMember()])(
  "is for operators alone",
  async (somebody) => {
    await republish({ key: "k" }, somebody).expect(403);
  },
);
