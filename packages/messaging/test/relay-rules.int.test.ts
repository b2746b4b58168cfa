import { orderCompleted } from "@cartwright/contracts/order";
import type { Message } from "@cartwright/contracts/message";
import { systemClock } from "@cartwright/kernel/clock";
import { newId } from "@cartwright/kernel/ids";
import { silentLogger } from "@cartwright/observability/logger";
import { noTracing } from "@cartwright/observability/tracing";
import { eventually } from "@cartwright/testing/eventually";
import {
  testDatabase,
  type TestDatabase,
} from "@cartwright/testing/test-database";
import type { BusRecord } from "../src/bus.ts";
import { messageConsumer } from "../src/consumer.ts";
import { on } from "../src/handler.ts";
import { maintenance } from "../src/maintenance.ts";
import { outboxRelay } from "../src/relay.ts";
import { transactionalOutbox } from "../src/transactional-outbox.ts";
import { scriptedBus } from "./scripted-bus.ts";

let database: TestDatabase;
beforeEach(async () => {
  database = await testDatabase("order");
});
afterEach(() => database.stop());

/** Commits the events of these numbers of an order. */
const append = (orderId: string, ...sequences: number[]) =>
  database.db.transaction((tx) =>
    outbox.append(
      tx,
      sequences.map((sequence) => ({
        draft: orderCompleted({
          orderId,
          customerId: newId(),
          completedAt: new Date().toISOString(),
        }),
        sequence,
        cause: { correlationId: newId() },
      })),
    ),
  );
const outbox = transactionalOutbox({
  source: "order",
  clock: systemClock,
  wake: () => undefined,
});

/** A relay process with connections of its own, which can be stopped between taking a batch and the broker's yes; `log` is the broker's. */
function aProcess(log: BusRecord[] = []) {
  const bus = scriptedBus();
  let resumed = Promise.withResolvers<undefined>();
  resumed.resolve(undefined);
  let held = 0;
  const publish = bus.publish.bind(bus);
  bus.publish = async (records) => {
    held = records.length;
    await resumed.promise;
    held = 0;
    await publish(records);
    log.push(...records);
  };
  const relay = outboxRelay({
    db: database.open("order", 2),
    bus,
    logger: silentLogger,
  });
  return {
    bus,
    relay,
    sequences: () =>
      bus.published.map(({ headers }) => Number(headers.ce_sequence)),
    /** The next batch is taken from the outbox, and then nothing happens until it is resumed. */
    stopInTheNextBatch: () => void (resumed = Promise.withResolvers()),
    holds: () => held,
    resume: () => resumed.resolve(undefined),
  };
}

const left = () => database.db.query("SELECT FROM outbox");

/** What a stopped process cannot prevent: its time runs out, by the database's clock. */
const runOutOfTime = () =>
  database.db.query(
    "UPDATE leases SET expires_at = now() - interval '1 second' WHERE name = 'relay'",
  );

it("publishes one batch at a time, however much waits and however often it is woken", async () => {
  const { bus, relay } = aProcess();
  const publish = bus.publish.bind(bus);
  let underWay = 0;
  const together: number[] = [];
  bus.publish = async (records) => {
    together.push((underWay += 1));
    relay.wake();
    await new Promise(setImmediate);
    await publish(records);
    underWay -= 1;
  };
  const orders = Array.from({ length: 12 }, () => newId());
  const hundred = Array.from({ length: 100 }, (_, index) => index + 1);
  for (const order of orders) await append(order, ...hundred);
  await relay.start?.();
  await eventually(async () => expect(await left()).toHaveLength(0));
  await relay.stop?.();
  expect(together.length).toBeGreaterThan(2);
  expect(new Set(together)).toEqual(new Set([1]));
});

describe("a relay that was stopped for longer than its lease, and then resumed", () => {
  const order = newId();
  let zombie: ReturnType<typeof aProcess>;
  let heir: ReturnType<typeof aProcess>;

  beforeEach(async () => {
    [zombie, heir] = [aProcess(), aProcess()];
    zombie.stopInTheNextBatch();
    await append(order, 1, 2, 3);
    await zombie.relay.start?.();
    await eventually(() => expect(zombie.holds()).toBe(3));
    await runOutOfTime();
    await heir.relay.start?.();
    await eventually(() => expect(heir.sequences()).toEqual([1, 2, 3]));
  });
  afterEach(async () => {
    zombie.resume();
    await zombie.relay.stop?.();
    await heir.relay.stop?.();
  });

  it("repeats the one batch that it held, and nothing after it", async () => {
    await append(order, 4, 5);
    heir.relay.wake();
    await eventually(() => expect(heir.sequences()).toEqual([1, 2, 3, 4, 5]));
    zombie.resume();
    await eventually(() => expect(zombie.sequences()).toEqual([1, 2, 3]));
    await append(order, 6);
    zombie.relay.wake();
    heir.relay.wake();
    await eventually(() =>
      expect(heir.sequences()).toEqual([1, 2, 3, 4, 5, 6]),
    );
    expect(zombie.sequences()).toEqual([1, 2, 3]);
  });

  it("moves nobody to act: its repeat is dropped by whoever has seen the messages", async () => {
    const effects = await aReader();
    await append(order, 4, 5);
    heir.relay.wake();
    await eventually(() => expect(heir.sequences()).toEqual([1, 2, 3, 4, 5]));
    zombie.resume();
    await eventually(() => expect(zombie.sequences()).toEqual([1, 2, 3]));
    await effects.deliver(heir.bus.published);
    await effects.deliver(zombie.bus.published);
    expect(effects.sequences()).toEqual([1, 2, 3, 4, 5]);
  });

  it("moves nobody to act, not even where its repeat comes under new ids", async () => {
    const effects = await aReader();
    await effects.deliver(heir.bus.published);
    zombie.resume();
    await eventually(() => expect(zombie.sequences()).toEqual([1, 2, 3]));
    await effects.deliver(
      zombie.bus.published.map((record) => ({
        ...record,
        headers: { ...record.headers, ce_id: newId() },
      })),
    );
    expect(effects.sequences()).toEqual([1, 2, 3]);
  });
});

/** A consumer of another service, and what it did. */
async function aReader() {
  const db = database.open("analytics", 2);
  await maintenance(db, silentLogger).start?.();
  const bus = scriptedBus();
  const handled: Message[] = [];
  const handler = on([orderCompleted], (_, messages) => {
    handled.push(...messages);
    return Promise.resolve();
  });
  messageConsumer({
    ...{ db, bus, group: "reader", handlers: [handler] },
    ...{ logger: silentLogger, tracing: noTracing },
  });
  return {
    deliver: bus.deliver,
    sequences: () => handled.map(({ sequence }) => sequence),
  };
}

it("deletes nothing under a token that another holder has outgrown, though it has published it", async () => {
  const [zombie, heir] = [aProcess(), aProcess()];
  for (const process of [zombie, heir]) process.stopInTheNextBatch();
  await append(newId(), 1, 2, 3);
  await zombie.relay.start?.();
  await eventually(() => expect(zombie.holds()).toBe(3));
  await runOutOfTime();
  await heir.relay.start?.();
  await eventually(() => expect(heir.holds()).toBe(3));
  zombie.resume();
  await eventually(() => expect(zombie.sequences()).toEqual([1, 2, 3]));
  await zombie.relay.stop?.();
  expect(await left()).toHaveLength(3);
  heir.resume();
  await eventually(async () => expect(await left()).toEqual([]));
  expect(heir.sequences()).toEqual([1, 2, 3]);
  await heir.relay.stop?.();
});

it("publishes again what it published before it died, and loses nothing", async () => {
  const [dying, next] = [aProcess(), aProcess()];
  const order = newId();
  dying.stopInTheNextBatch();
  await append(order, 1, 2);
  await dying.relay.start?.();
  await eventually(() => expect(dying.holds()).toBe(2));
  await runOutOfTime();
  await append(order, 3);
  await next.relay.start?.();
  await eventually(() => expect(next.sequences()).toEqual([1, 2, 3]));
  await eventually(async () => expect(await left()).toEqual([]));
  dying.resume();
  await dying.relay.stop?.();
  await next.relay.stop?.();
});

it.each(["in this schema", "in another service's schema"])(
  "is not held up by a writing transaction that stays open %s",
  async (where) => {
    const { relay, sequences } = aProcess();
    const other = database.open(
      where === "in this schema" ? "order" : "payment",
      1,
    );
    await relay.start?.();
    await other.transaction(async (tx) => {
      await tx.query("INSERT INTO consumers (consumer) VALUES ('open')");
      await tx.query("SELECT pg_current_xact_id()::text");
      await append(newId(), 1);
      relay.wake();
      await eventually(() => expect(sequences()).toEqual([1]), {
        within: 2_000,
      });
    });
    await relay.stop?.();
  },
);

it("keeps the order of an aggregate however many relays run and take turns", async () => {
  const log: BusRecord[] = [];
  const processes = [aProcess(log), aProcess(log), aProcess(log)];
  for (const { relay } of processes) await relay.start?.();
  const orders = Array.from({ length: 5 }, () => newId());
  for (let sequence = 1; sequence <= 30; sequence += 1) {
    await Promise.all(orders.map((order) => append(order, sequence)));
    for (const { relay } of processes) relay.wake();
    if (sequence % 10 === 0) {
      await eventually(() =>
        expect(log).toHaveLength(sequence * orders.length),
      );
      // Else whoever comes next rightly publishes it again.
      await eventually(async () => expect(await left()).toEqual([]));
      await runOutOfTime();
    }
  }
  for (const { relay } of processes) await relay.stop?.();
  const inOrder = Array.from({ length: 30 }, (_, index) => index + 1);
  for (const order of orders) {
    const seen = log.filter(({ key }) => key === order);
    expect(seen.map(({ headers }) => Number(headers.ce_sequence))).toEqual(
      inOrder,
    );
  }
});
