import { orderShipped } from "@cartwright/contracts/order";
import type { Queryable } from "@cartwright/database/tx";
import { systemClock } from "@cartwright/kernel/clock";
import { newId } from "@cartwright/kernel/ids";
import { silentLogger } from "@cartwright/observability/logger";
import { eventually } from "@cartwright/testing/eventually";
import {
  testDatabase,
  type TestDatabase,
} from "@cartwright/testing/test-database";
import { RefusedRecords, WrongTopic, type BusRecord } from "../src/bus.ts";
import { failedMessagesOf } from "../src/failed/failed-messages.ts";
import { outboxRelay } from "../src/relay.ts";
import { transactionalOutbox } from "../src/transactional-outbox.ts";
import { scriptedBus } from "./scripted-bus.ts";

/** What the relay does with rows that the bus refuses for good. */

let database: TestDatabase;
beforeEach(async () => {
  database = await testDatabase("order");
});
afterEach(() => database.stop());

const outbox = transactionalOutbox({
  source: "order",
  clock: systemClock,
  wake: () => undefined,
});
const append = (...messages: readonly (readonly [string, number, string?])[]) =>
  database.db.transaction((tx) =>
    outbox.append(
      tx,
      messages.map(([orderId, sequence, trackingNumber = "1Z"]) => ({
        draft: orderShipped({
          ...{ orderId, customerId: newId(), trackingNumber },
          shippedAt: new Date().toISOString(),
        }),
        sequence,
        cause: { correlationId: newId() },
      })),
    ),
  );

const tooLarge = "x".repeat(2_000);

/** A relay before a bus that refuses what is longer than 2,000 characters, until it is told to take everything. */
function aRelay(db: Queryable = database.db) {
  const bus = scriptedBus();
  const lines: unknown[] = [];
  let largest = 2_000;
  const publish = bus.publish.bind(bus);
  let tries = 0;
  bus.publish = async (records) => {
    tries += 1;
    if (!bus.failure && records.some(({ value }) => value.length > largest))
      throw new RefusedRecords("MESSAGE_TOO_LARGE: it is too large.");
    await publish(records);
  };
  const error = (message: string, fields: object = {}) =>
    void lines.push({ message, ...fields });
  const relay = outboxRelay({ db, bus, logger: { ...silentLogger, error } });
  return {
    ...{ bus, relay, lines },
    tries: () => tries,
    takeEverything: () => void (largest = Infinity),
    of: (order: string) => bus.published.filter(isOf(order)).map(sequenceOf),
  };
}

const isOf =
  (order: string) =>
  ({ key }: BusRecord) =>
    key === order;
const sequenceOf = ({ headers }: BusRecord) => Number(headers.ce_sequence);
const waiting = () =>
  database.db.query<{ position: number; subject: string; failure: string }>(
    "SELECT position, subject, failure FROM outbox ORDER BY position",
  );
const failed = () =>
  failedMessagesOf({ db: database.db, wake: () => undefined });
const operator = { id: "olga", reason: "the limit is higher now" };

it("lets a row that is refused for good block its own subject only, and says so", async () => {
  const { relay, of, lines } = aRelay();
  const [bad, good] = [newId(), newId()];
  await append([bad, 1], [good, 1], [bad, 2, tooLarge], [bad, 3], [good, 2]);
  await relay.start?.();
  await eventually(() => expect(of(good)).toEqual([1, 2]));
  await append([bad, 4], [good, 3]);
  relay.wake();
  await eventually(() => expect(of(good)).toEqual([1, 2, 3]));
  expect(of(bad)).toEqual([1]);

  const rows = await waiting();
  expect(rows.map(({ failure }) => failure)).toEqual([
    ...["MESSAGE_TOO_LARGE: it is too large.", null, null],
  ]);
  expect(await relay.health?.()).toEqual({
    status: "degraded",
    detail: expect.stringMatching(
      `^1 message cannot be published, and their subjects wait; the oldest is ${rows[0]?.position}, of order/${bad}, since 20.*: MESSAGE_TOO_LARGE`,
    ),
  });
  expect(lines).toMatchObject([{ count: 1, subject: `order/${bad}` }]);
  await relay.stop?.();
});

it("leaves what is set aside alone under every later lease", async () => {
  const [one, two] = [aRelay(), aRelay()];
  const bad = newId();
  await append([bad, 1, tooLarge], [bad, 2]);
  await one.relay.start?.();
  await eventually(() => expect(one.lines).toHaveLength(1));
  await one.relay.stop?.();
  const good = newId();
  await append([good, 1]);
  await two.relay.start?.();
  await eventually(() => expect(two.of(good)).toEqual([1]));
  expect([two.tries(), two.of(bad)]).toEqual([1, []]);
  await two.relay.stop?.();
});

it("publishes a subject in its order once its row is retried, however far apart its rows lie", async () => {
  const { relay, of, takeEverything, bus } = aRelay();
  const [bad, other] = [newId(), newId()];
  await relay.start?.();
  await append([bad, 1, tooLarge]);
  await append([bad, 2]);
  await eventually(async () =>
    expect((await failed().page({ after: 0, limit: 9 })).length).toBe(1),
  );
  for (let n = 0; n < 5; n += 1)
    await append(
      ...Array.from({ length: 600 }, () => [newId(), 1] as [string, number]),
    );
  await append([bad, 3], [other, 1]);
  relay.wake();
  await eventually(() => expect(of(other)).toEqual([1]));
  takeEverything();
  const [message] = await failed().page({ after: 0, limit: 1 });
  await database.db.transaction((tx) =>
    failed().retry(tx, message?.id ?? 0, operator),
  );
  for (let n = 0; of(bad).length < 3; n += 1) {
    await append([newId(), 1]);
    relay.wake();
    await eventually(() =>
      expect(bus.published.length).toBeGreaterThan(3_001 + n),
    );
  }
  expect(of(bad)).toEqual([1, 2, 3]);
  await eventually(async () => expect(await waiting()).toEqual([]));
  expect(await relay.health?.()).toEqual({ status: "up" });
  await relay.stop?.();
});

it("sets a row aside again that is still refused when it is retried", async () => {
  const { relay, lines, of } = aRelay();
  const bad = newId();
  await append([bad, 1, tooLarge], [bad, 2]);
  await relay.start?.();
  await eventually(() => expect(lines).toHaveLength(1));
  const [message] = await failed().page({ after: 0, limit: 1 });
  await database.db.transaction((tx) =>
    failed().retry(tx, message?.id ?? 0, operator),
  );
  relay.wake();
  await eventually(() => expect(lines).toHaveLength(2));
  expect(of(bad)).toEqual([]);
  await relay.stop?.();
});

it("publishes what comes after a message that was discarded", async () => {
  const { relay, lines, of } = aRelay();
  const bad = newId();
  await append([bad, 1], [bad, 2, tooLarge], [bad, 3]);
  await relay.start?.();
  await eventually(() => expect(lines).toHaveLength(1));
  const [message] = await failed().page({ after: 0, limit: 1 });
  await database.db.transaction((tx) =>
    failed().discard(tx, message?.id ?? 0, operator),
  );
  relay.wake();
  await eventually(() => expect(of(bad)).toEqual([1, 3]));
  await relay.stop?.();
});

it.each([
  ["a broker that is away", new Error("no broker")],
  ["a wrong topic", new WrongTopic("A topic is missing.")],
])("sets nothing aside for %s", async (_, failure) => {
  const { relay, bus } = aRelay();
  bus.failure = failure;
  await append([newId(), 1], [newId(), 1, tooLarge]);
  await relay.start?.();
  await eventually(async () =>
    expect(await relay.health?.()).toMatchObject({ status: "degraded" }),
  );
  expect(await waiting()).toMatchObject([{ failure: null }, { failure: null }]);
  await relay.stop?.();
});

it("has no more payloads in memory than one request brings", async () => {
  let largest = 0;
  const db: Queryable = {
    async query<Row extends object>(
      ...given: Parameters<Queryable["query"]>
    ): Promise<Row[]> {
      const rows = await database.db.query<Row>(...given);
      const sizes = rows.map((row) =>
        "payload" in row ? String(row.payload).length : 0,
      );
      largest = Math.max(
        largest,
        sizes.reduce((sum, size) => sum + size, 0),
      );
      return rows;
    },
  };
  const { relay, of, takeEverything } = aRelay(db);
  takeEverything();
  const order = newId();
  for (let n = 0; n < 4; n += 1)
    await append(
      ...[1, 2, 3, 4, 5].map(
        (one) => [order, 5 * n + one, "x".repeat(400_000)] as const,
      ),
    );
  await relay.start?.();
  await eventually(() => expect(of(order)).toHaveLength(20));
  expect(of(order)).toEqual(Array.from({ length: 20 }, (_, n) => n + 1));
  expect(largest).toBeLessThanOrEqual(900 * 1024);
  await relay.stop?.();
});
