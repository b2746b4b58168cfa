import { orderCompleted, orderShipped } from "@cartwright/contracts/order";
import { systemClock } from "@cartwright/kernel/clock";
import { newId } from "@cartwright/kernel/ids";
import type { Queryable } from "@cartwright/database/tx";
import { silentLogger } from "@cartwright/observability/logger";
import { eventually } from "@cartwright/testing/eventually";
import {
  testDatabase,
  type TestDatabase,
} from "@cartwright/testing/test-database";
import { leaseKeeper } from "../src/lease.ts";
import { outboxRelay, type Relay } from "../src/relay.ts";
import {
  maxMessageBytes,
  transactionalOutbox,
} from "../src/transactional-outbox.ts";
import { scriptedBus } from "./scripted-bus.ts";

let database: TestDatabase;
let relays: Relay[];
beforeEach(async () => {
  relays = [];
  database = await testDatabase("order");
});
afterEach(async () => {
  for (const relay of relays) await relay.stop?.();
  await database.stop();
});

const completed = (
  orderId: string,
  sequence: number,
  customerId = newId(),
) => ({
  draft: orderCompleted({
    orderId,
    customerId,
    completedAt: new Date().toISOString(),
  }),
  sequence,
  cause: { correlationId: newId(), traceparent: "00-a-b-01" },
});

function aRelay() {
  const bus = scriptedBus();
  const relay = outboxRelay({ db: database.db, bus, logger: silentLogger });
  relays.push(relay);
  const outbox = transactionalOutbox({
    source: "order",
    clock: systemClock,
    wake: () => relay.wake(),
  });
  const append = (...messages: ReturnType<typeof completed>[]) =>
    database.db.transaction((tx) => outbox.append(tx, messages));
  return { bus, relay, append, outbox };
}

const left = () => database.db.query("SELECT FROM outbox");

it("publishes what was committed, in order, and leaves nothing behind", async () => {
  const { bus, relay, append } = aRelay();
  const order = newId();
  await relay.start?.();
  await append(completed(order, 1), completed(order, 2));
  await append(completed(order, 3));
  await eventually(() => expect(bus.published).toHaveLength(3));
  expect(bus.published.map(({ headers }) => headers.ce_sequence)).toEqual([
    "1",
    "2",
    "3",
  ]);
  expect(bus.published[0]).toMatchObject({
    topic: "order-events",
    key: order,
    headers: {
      ce_specversion: "1.0",
      ce_type: "order.OrderCompleted.v1",
      ce_subject: `order/${order}`,
      ce_partitionkey: order,
      traceparent: "00-a-b-01",
    },
  });
  await relay.stop?.();
  expect(await left()).toEqual([]);
});

it("publishes a row that commits late, though newer ones were published before it", async () => {
  const { bus, relay, append, outbox } = aRelay();
  await relay.start?.();
  const [slow, quick] = [newId(), newId()];
  await database.db.transaction(async (tx) => {
    outbox.append(tx, [completed(slow, 1)]);
    await append(completed(quick, 1));
    await eventually(() =>
      expect(bus.published.map(({ key }) => key)).toEqual([quick]),
    );
  });
  await eventually(() =>
    expect(bus.published.map(({ key }) => key)).toEqual([quick, slow]),
  );
});

it("keeps a subject's order when a row commits behind thousands that were published before it", async () => {
  const { bus, relay, append, outbox } = aRelay();
  await relay.start?.();
  const slow = newId();
  await database.db.transaction(async (tx) => {
    await tx.query("SET LOCAL idle_in_transaction_session_timeout = 0");
    outbox.append(tx, [completed(slow, 1)]);
    await append(...Array.from({ length: 3_000 }, () => completed(newId(), 1)));
    await eventually(() => expect(bus.published.length).toBe(3_000));
  });
  await append(completed(slow, 2));
  const ofSlow = () =>
    bus.published
      .filter(({ key }) => key === slow)
      .map(({ headers }) => headers.ce_sequence);
  await eventually(() => expect(ofSlow().length).toBe(2));
  expect(ofSlow()).toEqual(["1", "2"]);
});

it("keeps everything while the broker is away, and sends it when it is back", async () => {
  const { bus, relay, append } = aRelay();
  bus.failure = new Error("no broker");
  await relay.start?.();
  await append(completed(newId(), 1));
  await eventually(async () =>
    expect(await relay.health?.()).toMatchObject({ status: "degraded" }),
  );
  expect(await left()).toHaveLength(1);
  bus.failure = undefined;
  await append(completed(newId(), 1));
  await eventually(() => expect(bus.published).toHaveLength(2));
});

it("lets one of two relays act, and the other take over when it stops", async () => {
  const [one, two] = [aRelay(), aRelay()];
  await one.relay.start?.();
  await one.append(completed(newId(), 1));
  await eventually(() => expect(one.bus.published).toHaveLength(1));
  await two.relay.start?.();
  await two.append(completed(newId(), 1));
  one.relay.wake();
  await eventually(() => expect(one.bus.published).toHaveLength(2));
  await one.relay.stop?.();
  await two.append(completed(newId(), 1));
  await eventually(() => expect(two.bus.published).toHaveLength(1));
});

it("grants a lease to one holder at a time, with a token that grows", async () => {
  const [one, two] = [
    leaseKeeper(database.db, "test"),
    leaseKeeper(database.db, "test"),
  ];
  const first = await one.current();
  expect(first).toMatchObject({ token: 1 });
  expect(await two.current()).toBeUndefined();
  await one.release();
  await eventually(async () =>
    expect(await two.current()).toMatchObject({ token: 2 }),
  );
  expect(await one.current()).toBeUndefined();
});

it("asks for a lease that another holds once a second, however often it is woken", async () => {
  const asked: unknown[] = [];
  const counting: Queryable = {
    query: (statement, values) => {
      asked.push(statement);
      return database.db.query(statement, values);
    },
  };
  const holder = leaseKeeper(database.db, "asked once");
  await holder.current();
  const other = leaseKeeper(counting, "asked once");
  for (let times = 0; times < 20; times += 1)
    expect(await other.current()).toBeUndefined();
  expect(asked).toHaveLength(1);
});

it("refuses a message that no broker would take, when it is written", async () => {
  const { append } = aRelay();
  const huge = completed(newId(), 1);
  const draft = {
    ...huge.draft,
    data: { ...huge.draft.data, customerId: newId() },
  };
  Object.assign(draft, { type: "order.OrderShipped.v1" });
  Object.assign(draft.data, {
    trackingNumber: "x".repeat(maxMessageBytes),
    shippedAt: huge.draft.data.completedAt,
  });
  await expect(append({ ...huge, draft })).rejects.toThrow("is larger than");
  expect(await left()).toEqual([]);
});

it("refuses to publish what breaks its own contract", async () => {
  const { append } = aRelay();
  await expect(append(completed("no id", 1))).rejects.toThrow("orderId");
});

it("sends large messages in as many batches as the broker's limit asks for", async () => {
  const { bus, relay, outbox } = aRelay();
  const publish = bus.publish.bind(bus);
  bus.publish = (records) =>
    JSON.stringify(records).length > 2 ** 20
      ? Promise.reject(new Error("MESSAGE_TOO_LARGE"))
      : publish(records);
  const orderId = newId();
  const large = Array.from({ length: 30 }, (_, index) => ({
    draft: orderShipped({
      orderId,
      customerId: newId(),
      trackingNumber: "x".repeat(100_000),
      shippedAt: new Date().toISOString(),
    }),
    sequence: index + 1,
    cause: { correlationId: newId() },
  }));
  await database.db.transaction((tx) => outbox.append(tx, large));
  await relay.start?.();
  await eventually(() => expect(bus.published).toHaveLength(30));
  expect(
    bus.published.map(({ headers }) => Number(headers.ce_sequence)),
  ).toEqual(large.map(({ sequence }) => sequence));
  expect(await left()).toEqual([]);
});
