import { reserveInventory } from "@cartwright/contracts/inventory";
import type { Message } from "@cartwright/contracts/message";
import { orderCompleted } from "@cartwright/contracts/order";
import { newId } from "@cartwright/kernel/ids";
import { silentLogger } from "@cartwright/observability/logger";
import { noTracing } from "@cartwright/observability/tracing";
import {
  testDatabase,
  type TestDatabase,
} from "@cartwright/testing/test-database";
import { messageConsumer } from "../src/consumer.ts";
import type { Queue } from "../src/dead-letters/dead-letter.ts";
import { deadLettersOf, type DeadLetters } from "../src/dead-letters.ts";
import { on } from "../src/handler.ts";
import { maintenance } from "../src/maintenance.ts";
import { listActions, type Operator } from "../src/operator-actions.ts";
import { orderRecord, scriptedBus } from "./scripted-bus.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase("inventory");
  await maintenance(database.db, silentLogger).start?.();
});
afterAll(() => database.stop());
beforeEach(async () => {
  for (const table of ["parked_keys", "parked_messages", "operator_actions"])
    await database.db.query(`DELETE FROM ${table}`);
});

const operator = { id: "olga", reason: "the bug is mended" };

/** A consumer whose handler does to each message what the test says, and its dead letters. */
function aConsumer(
  effect: (message: Message) => void | Promise<void>,
  atOnce = { messages: 1_000, queues: 100, time: 15_000 },
) {
  const bus = scriptedBus();
  const handled: Message[] = [];
  const { db } = database;
  const handlers = [
    on([orderCompleted, reserveInventory], async (_, messages) => {
      for (const message of messages) await effect(message);
      handled.push(...messages);
    }),
  ];
  const options = { db, group: "test", handlers };
  messageConsumer({
    ...{ ...options, bus },
    ...{ logger: silentLogger, tracing: noTracing },
  });
  return {
    bus,
    letters: asked(deadLettersOf({ ...options, atOnce })),
    told: () => handled.map(({ sequence }) => sequence),
  };
}

/** As one who asks for everything just once. */
function asked(letters: DeadLetters) {
  const takeUp = database.db.transaction<Queue>;
  return {
    ...letters,
    requeue: (id: number, by: Operator, { acceptGap = false } = {}) =>
      letters.requeue(id, by, { acceptGap, takeUp }),
    discard: (id: number, by: Operator) => letters.discard(id, by, { takeUp }),
  };
}

/** A consumer that handles nothing until it is mended. */
function aBrokenConsumer() {
  const state = { broken: true };
  const consumer = aConsumer(() => {
    if (state.broken) throw new TypeError("x is not a function");
  });
  return { ...consumer, mend: () => (state.broken = false) };
}

const waiting = () =>
  database.db.query<{ id: number; key: string; reason: string }>(
    "SELECT id, key, reason FROM parked_messages ORDER BY id",
  );
const keys = () => database.db.query("SELECT key, reason FROM parked_keys");
const firstId = async () => (await waiting())[0]!.id;
const actions = () => listActions(database.db, { limit: 100 });

it("lists what waits by consumer, key, type and reason, a page at a time", async () => {
  const { bus, letters } = aBrokenConsumer();
  const [one, other] = [newId(), newId()];
  await bus.deliver([orderRecord(one, 1), orderRecord(one, 2)]);
  await bus.deliver([orderRecord(other, 1, { value: "{ no json" })]);
  const list = async (
    filter: Parameters<typeof letters.page>[0],
    after = 0,
    limit = 10,
  ) =>
    (await letters.page(filter, { after, limit })).map(({ record, reason }) => [
      record.key,
      reason,
    ]);

  expect(await list({ key: one })).toEqual([
    [one, "handler-failed"],
    [one, "key-parked"],
  ]);
  expect(await list({ reason: "malformed" })).toEqual([[other, "malformed"]]);
  expect(await list({ type: orderCompleted.type }, 0, 2)).toHaveLength(2);
  expect(await list({}, (await waiting())[1]!.id)).toEqual([
    [other, "malformed"],
  ]);
  expect(await list({ consumer: "another" })).toEqual([]);
  expect((await letters.get(await firstId())).detail).toContain(
    "x is not a function",
  );
});

it("handles a message and what waits behind it, in order, and sets the key free", async () => {
  const { bus, letters, mend, told } = aBrokenConsumer();
  const order = newId();
  await bus.deliver([1, 2, 3].map((n) => orderRecord(order, n)));
  mend();

  expect(await letters.requeue(await firstId(), operator)).toEqual({
    ...{ handled: 3, dropped: 0, stopped: [], remaining: 0 },
  });
  expect(told()).toEqual([1, 2, 3]);
  expect([await waiting(), await keys()]).toEqual([[], []]);
  await bus.deliver([orderRecord(order, 4)]);
  expect(told()).toEqual([1, 2, 3, 4]);
});

it("lets what arrives meanwhile wait behind what is being handled", async () => {
  const order = newId();
  const state = { broken: true, arriving: Promise.resolve() };
  const { bus, letters, told } = aConsumer(async ({ sequence }) => {
    if (state.broken) throw new TypeError("x is not a function");
    if (sequence !== 1) return;
    state.arriving = bus.deliver([orderRecord(order, 3)]);
    await new Promise(setImmediate);
  });
  await bus.deliver([orderRecord(order, 1), orderRecord(order, 2)]);
  state.broken = false;
  await letters.requeue(await firstId(), operator);
  await state.arriving;
  await letters.requeueAll({ key: order }, operator);

  expect(told()).toEqual([1, 2, 3]);
  expect([await waiting(), await keys()]).toEqual([[], []]);
});

it("keeps a message that fails again, and says why and how often", async () => {
  const { bus, letters } = aBrokenConsumer();
  const order = newId();
  await bus.deliver([orderRecord(order, 1), orderRecord(order, 2)]);
  const id = await firstId();

  for (const requeues of [1, 2]) {
    const { handled, stopped } = await letters.requeue(id, operator);
    expect(handled).toBe(0);
    expect(stopped).toMatchObject([
      { id, key: order, reason: "handler-failed" },
    ]);
    expect(await letters.get(id)).toMatchObject({ requeues });
  }
  expect(await waiting()).toHaveLength(2);
});

it("stops at the message that fails, which then is the one that its key waits for", async () => {
  const state = { failing: 1 };
  const { bus, letters, told } = aConsumer(({ sequence }) => {
    if (sequence === state.failing) throw new TypeError("x is not a function");
  });
  const order = newId();
  await bus.deliver([1, 2, 3].map((n) => orderRecord(order, n)));
  state.failing = 2;

  const { handled, stopped } = await letters.requeue(await firstId(), operator);
  expect([handled, stopped.length]).toEqual([1, 1]);
  expect((await waiting()).map(({ reason }) => reason)).toEqual([
    "handler-failed",
    "key-parked",
  ]);
  expect(told()).toEqual([1]);
});

it("treats the first message of a key first", async () => {
  const { bus, letters } = aBrokenConsumer();
  const order = newId();
  await bus.deliver([orderRecord(order, 1), orderRecord(order, 2)]);
  const [first, second] = await waiting();

  for (const act of [letters.requeue, letters.discard]) {
    await expect(act(second!.id, operator)).rejects.toMatchObject({
      code: "not-first",
      details: { first: first!.id },
    });
  }
});

it.each(["requeue", "discard"] as const)(
  "refuses to %s what does not wait any more",
  async (act) => {
    const { letters } = aBrokenConsumer();
    await expect(letters[act](1, operator)).rejects.toMatchObject({
      code: "not-found",
    });
  },
);

it("gives a message up, counts it as seen and goes on with those behind it", async () => {
  const { bus, letters, mend, told } = aBrokenConsumer();
  const order = newId();
  const record = orderRecord(order, 1);
  await bus.deliver([record, orderRecord(order, 2)]);
  mend();

  expect(await letters.discard(await firstId(), operator)).toMatchObject({
    handled: 1,
    stopped: [],
  });
  await bus.deliver([record, orderRecord(order, 3)]);
  expect(told()).toEqual([2, 3]);
  expect(await keys()).toEqual([]);
});

it("gives an unreadable message up and does not miss it afterwards", async () => {
  const { bus, letters, mend, told } = aBrokenConsumer();
  mend();
  const order = newId();
  await bus.deliver([
    orderRecord(order, 1, { value: "{ no json" }),
    orderRecord(order, 2),
  ]);
  await letters.discard(await firstId(), operator);
  expect(told()).toEqual([2]);
});

it.each([
  ["no JSON", { value: "{ no json" }],
  ["of a type that nobody knows", { headers: { ce_type: "shop.Unheard.v1" } }],
  ["behind a number that its order does not wait for", { value: "{", n: 7 }],
])(
  "drops what was given up as unreadable when it is delivered again: %s",
  async (
    _,
    { n = 1, ...overrides }: Parameters<typeof orderRecord>[2] & { n?: number },
  ) => {
    const { bus, letters, mend, told } = aBrokenConsumer();
    mend();
    const order = newId();
    const record = orderRecord(order, n, overrides);
    await bus.deliver([record]);
    await letters.discard(await firstId(), operator);
    const own = [2, 3].map((next) =>
      orderRecord(order, n === 1 ? next : next - 1),
    );

    await bus.deliver([record, ...own]);
    await bus.deliver([record, ...own]);
    expect(told()).toEqual(
      own.map(({ headers }) => Number(headers.ce_sequence)),
    );
    expect([await waiting(), await keys()]).toEqual([[], []]);
  },
);

it("tells what was given up from other messages in its place, and by its place when it has no id", async () => {
  const { bus, letters } = aBrokenConsumer();
  const [place, elsewhere] = ["order-events/0@77", "order-events/0@78"];
  const stranger = { ...orderRecord("", 1), headers: {}, position: place };
  await bus.deliver([stranger]);
  await letters.discard(await firstId(), operator);

  await bus.deliver([stranger]);
  expect(await waiting()).toEqual([]);
  await bus.deliver([
    { ...stranger, value: "another" },
    { ...stranger, position: elsewhere },
  ]);
  expect(await waiting()).toHaveLength(2);
});

it("does not let a stranger's number make an order's own messages look old", async () => {
  const { bus, letters, mend, told } = aBrokenConsumer();
  mend();
  const order = newId();
  await bus.deliver([
    orderRecord(order, 99, {
      value: "{ no json",
      headers: { ce_id: "no uuid" },
    }),
    orderRecord(order, 1),
  ]);
  await letters.discard(await firstId(), operator);
  expect(told()).toEqual([1]);
});

it("goes on waiting for a missing message, unless the gap is accepted", async () => {
  const { bus, letters, mend, told } = aBrokenConsumer();
  mend();
  const order = newId();
  await bus.deliver([orderRecord(order, 2), orderRecord(order, 3)]);
  const id = await firstId();

  expect(await letters.requeue(id, operator)).toMatchObject({
    handled: 0,
    stopped: [{ id, reason: "sequence-gap" }],
  });
  await letters.requeue(id, operator, { acceptGap: true });
  expect(told()).toEqual([2, 3]);
  expect(await keys()).toEqual([]);
});

it("fills a gap with what waits behind it", async () => {
  const { bus, letters, mend, told } = aBrokenConsumer();
  const order = newId();
  await bus.deliver([orderRecord(order, 3), orderRecord(order, 2)]);
  await bus.deliver([orderRecord(order, 1)]);
  mend();
  await letters.requeueAll({ key: order }, operator);
  expect(told()).toEqual([1, 2, 3]);
  expect(await waiting()).toEqual([]);
});

it("handles everything that matches, key by key, and reports each that failed", async () => {
  const [bad, ...good] = Array.from({ length: 4 }, () => newId());
  const state = { broken: true };
  const { bus, letters } = aConsumer(({ key }) => {
    if (state.broken || key === bad) throw new TypeError("x is not a function");
  });
  for (const key of [bad, ...good])
    await bus.deliver([orderRecord(key!, 1), orderRecord(key!, 2)]);
  await bus.deliver([orderRecord("", 1)]);
  state.broken = false;

  const { handled, stopped } = await letters.requeueAll(
    { reason: "handler-failed" },
    operator,
  );
  expect(handled).toBe(6);
  expect(stopped.map(({ key }) => key)).toEqual([bad]);
  expect((await waiting()).map(({ reason }) => reason)).toEqual([
    "handler-failed",
    "key-parked",
    "malformed",
  ]);
});

describe("one request", () => {
  const broken = { is: true };
  /** Three messages under each of so many keys, at a consumer that is mended since. */
  async function aBacklog(
    keys: number,
    limits: Parameters<typeof aConsumer>[1],
    effect: (message: Message) => void | Promise<void> = () => undefined,
  ) {
    broken.is = true;
    const consumer = aConsumer((message) => {
      if (broken.is) throw new TypeError("x is not a function");
      return effect(message);
    }, limits);
    const orders: string[] = Array.from({ length: keys }, () => newId());
    for (const order of orders)
      await consumer.bus.deliver([1, 2, 3].map((n) => orderRecord(order, n)));
    broken.is = false;
    return { ...consumer, orders };
  }
  const few = { messages: 5, queues: 3, time: 15_000 };
  const everything = { type: orderCompleted.type };

  it("treats no more messages than its bound over all keys, and says how many are left", async () => {
    const { letters, told } = await aBacklog(3, few);
    expect(await letters.requeueAll(everything, operator)).toEqual({
      ...{ handled: 5, dropped: 0, stopped: [], remaining: 4 },
    });
    expect(told()).toEqual([1, 2, 3, 1, 2]);
    expect(await letters.requeueAll(everything, operator)).toEqual({
      ...{ handled: 4, dropped: 0, stopped: [], remaining: 0 },
    });
    expect([await waiting(), await keys()]).toEqual([[], []]);
  });

  it("says how many are left behind the one that was named", async () => {
    const { letters } = await aBacklog(1, { ...few, messages: 2 });
    expect(await letters.requeue(await firstId(), operator)).toMatchObject({
      ...{ handled: 2, remaining: 1 },
    });
  });

  it("begins no message when its time is over", async () => {
    const { letters } = await aBacklog(
      2,
      { ...few, time: 100 },
      () => new Promise((resolve) => setTimeout(resolve, 150)),
    );
    expect(await letters.requeueAll(everything, operator)).toMatchObject({
      ...{ handled: 1, remaining: 5 },
    });
  });

  it("takes the keys first that were not tried in vain, so that those that fail hide none", async () => {
    const { letters, orders } = await aBacklog(
      5,
      { ...few, messages: 100 },
      ({ key }) => {
        if (orders.indexOf(key) < 3) throw new TypeError("y is no function");
      },
    );
    const inVain = await letters.requeueAll(everything, operator);
    expect(inVain).toMatchObject({ handled: 0, remaining: 15 });
    expect(inVain.stopped).toHaveLength(3);
    const again = await letters.requeueAll(everything, operator);
    expect(again).toMatchObject({ handled: 6, remaining: 9 });
  });
});

it("writes every action down, with who, why, before and after", async () => {
  const { bus, letters, mend } = aBrokenConsumer();
  const order = newId();
  await bus.deliver([orderRecord(order, 1), orderRecord(order, 2)]);
  const id = await firstId();
  await letters.requeue(id, operator);
  await letters.discard(id, { ...operator, reason: "cannot be mended" });
  mend();
  await letters.requeueAll({ key: order }, operator);

  const told = (await actions()).map(({ action, target, reason, after }) => [
    ...[action, target === String(id), reason],
    (after as { outcome: string }).outcome,
  ]);
  const { reason } = operator;
  expect(told.reverse()).toEqual([
    ["dead-letters.requeue", true, reason, "failed"],
    ["dead-letters.discard", true, "cannot be mended", "discarded"],
    // What waited behind it, in the same action.
    ["dead-letters.requeue", false, "cannot be mended", "failed"],
    ["dead-letters.requeue", false, reason, "handled"],
  ]);
  const discarded = (await actions()).find(
    ({ action }) => action === "dead-letters.discard",
  );
  expect(discarded).toMatchObject({
    operator: "olga",
    before: { key: order, payload: expect.stringContaining(order) },
  });
});

it("says so when the handler never returns, and has its connection back", async () => {
  let effect = (): void | Promise<void> => {
    throw new TypeError("x is not a function");
  };
  const { bus, letters } = aConsumer(() => effect());
  await bus.deliver([orderRecord(newId(), 1)]);
  effect = () => new Promise(() => undefined);

  const { stopped } = await letters.requeue(await firstId(), operator);
  expect(stopped).toMatchObject([
    {
      reason: "handler-failed",
      detail: expect.stringContaining("had not come to an end"),
    },
  ]);
  const { total, idle } = database.db.stats();
  expect(idle).toBe(total);
});
