import { orderCompleted } from "@cartwright/contracts/order";
import type { Part } from "@cartwright/kernel/part";
import { newId } from "@cartwright/kernel/ids";
import { messageConsumer } from "@cartwright/messaging/consumer";
import { whyKafkaCannotRun } from "@cartwright/messaging/dev/kafka-jars";
import { failedMessagesOf } from "@cartwright/messaging/failed/failed-messages";
import { on } from "@cartwright/messaging/handler";
import { kafkaBus } from "@cartwright/messaging/kafka-bus";
import { kafkaClient } from "@cartwright/messaging/kafka/client";
import { withAdmin } from "@cartwright/messaging/kafka/with-admin";
import { createTopics } from "@cartwright/messaging/kafka-topics";
import { maintenance } from "@cartwright/messaging/maintenance";
import { outboxRelay } from "@cartwright/messaging/relay";
import { silentLogger as logger } from "@cartwright/observability/logger";
import { noTracing } from "@cartwright/observability/tracing";
import { eventually } from "@cartwright/testing/eventually";
import {
  testDatabase,
  type TestDatabase,
} from "@cartwright/testing/test-database";
import { aBroker, type ABroker } from "./a-broker.ts";
import { orderRecord } from "./scripted-bus.ts";

/** What a real broker refuses for good, on its way from the outbox to a consumer. */

const why = await whyKafkaCannotRun();
const required = process.env.CI || process.env.REQUIRE_KAFKA;
const topic = "order-events";
const within = { within: 20_000 };

let broker: ABroker;
let database: TestDatabase;
let parts: Part[] = [];

const client = () => ({ brokers: [broker.address], clientId: "test", logger });

async function started<P extends Part>(part: P): Promise<P> {
  await part.start?.();
  parts.push(part);
  return part;
}

/** The topic's limit, which a broker follows at once. */
const setLimit = (bytes: number) =>
  withAdmin(kafkaClient(client()), (admin) =>
    admin.alterConfigs({
      validateOnly: false,
      resources: [
        {
          type: 2, // a topic
          name: topic,
          configEntries: [{ name: "max.message.bytes", value: String(bytes) }],
        },
      ],
    }),
  );

type Row = {
  readonly key: string;
  readonly sequence: number;
  /** So many blanks make it larger. */
  readonly bytes?: number;
  readonly topic?: string;
  /** Beside a message's own. */
  readonly headers?: object;
};

/** Rows as no outbox of ours would write them, put there past it. */
async function put(...rows: readonly Row[]): Promise<void> {
  for (const { key, sequence, bytes = 0, ...row } of rows) {
    const { headers, value } = orderRecord(key, sequence);
    await database.db.query(
      `INSERT INTO outbox (id, subject, type, topic, key, headers, payload) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [
        ...[headers.ce_id, headers.ce_subject, headers.ce_type],
        ...[row.topic ?? topic, key],
        JSON.stringify({ ...headers, ...row.headers }),
        value.replace("{", `{${" ".repeat(bytes)}`),
      ],
    );
  }
}

const waiting = () =>
  database.db.query<{ key: string; failure: string | null }>(
    "SELECT key, failure FROM outbox ORDER BY position",
  );
const failed = () =>
  failedMessagesOf({ db: database.db, wake: () => undefined });
const firstFailed = async (): Promise<number> =>
  (await failed().page({ after: 0, limit: 1 }))[0]?.id ?? 0;
const operator = { id: "olga", reason: "the topic takes more now" };

/** A relay, and a consumer of another service with what it has handled. */
async function aRoad() {
  const bus = await started(kafkaBus(client()));
  const handled: { readonly key: string; readonly sequence: number }[] = [];
  const db = database.open("analytics", 2);
  await maintenance(db, logger).start?.();
  const handler = on([orderCompleted], (_tx, messages) => {
    handled.push(...messages.map(({ key, sequence }) => ({ key, sequence })));
    return Promise.resolve();
  });
  await started(
    messageConsumer({
      ...{ db, bus, group: `g-${newId()}`, handlers: [handler] },
      ...{ logger, tracing: noTracing },
    }),
  );
  const relay = await started(outboxRelay({ db: database.db, bus, logger }));
  const of = (order: string) =>
    handled.filter(({ key }) => key === order).map(({ sequence }) => sequence);
  return { ...{ bus, relay, of }, parkedIn: () => parkedIn(db) };
}

const parkedIn = (db: TestDatabase["db"]) =>
  db.query("SELECT key, reason FROM parked_messages ORDER BY id");

if (why !== undefined && !required) {
  it.skip(`what a real broker refuses: ${why}`, () => undefined);
} else {
  describe("what a real broker refuses for good", theRefused);
}

function theRefused(): void {
  beforeAll(async () => {
    broker = await aBroker();
    await createTopics(client(), { topics: [topic], partitions: 6 });
  }, 120_000);
  beforeEach(async () => {
    database = await testDatabase("order");
    await setLimit(2 ** 20);
  }, 60_000);
  afterEach(async () => {
    for (const part of parts.reverse()) await part.stop?.();
    parts = [];
    await database.stop();
  }, 60_000);
  afterAll(() => broker.stop(), 60_000);

  it("a message larger than its topic takes blocks its own subject only, and comes in its order once the limit is raised", async () => {
    const { bus, relay, of } = await aRoad();
    const [large, ...small] = [newId(), newId(), newId(), newId()];
    await put(
      { key: large, sequence: 1 },
      ...small.map((key) => ({ key, sequence: 1 })),
      { key: large, sequence: 2, bytes: 1_200_000 },
      { key: large, sequence: 3 },
      ...small.map((key) => ({ key, sequence: 2 })),
    );
    relay.wake();
    await eventually(
      () => expect(small.map(of)).toEqual(small.map(() => [1, 2])),
      within,
    );
    await eventually(() => expect(of(large)).toEqual([1]), within);
    expect(await waiting()).toEqual([
      {
        key: large,
        failure: expect.stringMatching(/^MESSAGE_TOO_LARGE: .+\.$/),
      },
      { key: large, failure: null },
    ]);
    expect(await bus.health?.()).toEqual({ status: "up" });
    expect(await relay.health?.()).toMatchObject({
      status: "degraded",
      detail: expect.stringContaining(`of order/${large}`),
    });

    await setLimit(2 ** 22);
    const failedId = await firstFailed();
    await database.db.transaction((tx) =>
      failed().retry(tx, failedId, operator),
    );
    relay.wake();
    await eventually(() => expect(of(large)).toEqual([1, 2, 3]), within);
    await eventually(async () => expect(await waiting()).toEqual([]));
    expect(await relay.health?.()).toEqual({ status: "up" });
  }, 90_000);

  it("what comes after a discarded message flows, and its consumers hold it for the gap", async () => {
    const { relay, of, parkedIn } = await aRoad();
    const [order, other] = [newId(), newId()];
    await put(
      { key: order, sequence: 1 },
      { key: order, sequence: 2, bytes: 1_200_000 },
      { key: order, sequence: 3 },
      { key: other, sequence: 1 },
    );
    relay.wake();
    await eventually(() => expect(of(other)).toEqual([1]), within);
    await eventually(async () => expect(await firstFailed()).not.toBe(0));
    const failedId = await firstFailed();
    await database.db.transaction((tx) =>
      failed().discard(tx, failedId, operator),
    );
    relay.wake();
    await eventually(
      async () =>
        expect(await parkedIn()).toEqual([
          { key: order, reason: "sequence-gap" },
        ]),
      within,
    );
    expect([of(order), await waiting()]).toEqual([[1], []]);
  }, 90_000);

  it("messages that are too large only together come one by one", async () => {
    const { relay, of } = await aRoad();
    await setLimit(100_000);
    const order = newId();
    const sequences = [1, 2, 3, 4, 5, 6, 7];
    await put(
      ...sequences.map((sequence) => ({ key: order, sequence, bytes: 60_000 })),
    );
    relay.wake();
    await eventually(() => expect(of(order)).toEqual(sequences), within);
    await eventually(async () => expect(await waiting()).toEqual([]));
  }, 90_000);

  it.each([
    ["a topic's name that cannot be", { topic: "no topic" }, "INVALID_TOPIC"],
    ["a header that is no text", { headers: { n: 5 } }, "It cannot be encoded"],
  ])(
    "%s blocks its own subject only",
    async (_, row, failure) => {
      const { relay, of } = await aRoad();
      const [bad, good] = [newId(), newId()];
      await put({ key: good, sequence: 1 }, { key: bad, sequence: 1, ...row });
      await put({ key: good, sequence: 2 });
      relay.wake();
      await eventually(() => expect(of(good)).toEqual([1, 2]), within);
      await eventually(async () =>
        expect(await waiting()).toEqual([
          { key: bad, failure: expect.stringContaining(failure) },
        ]),
      );
    },
    90_000,
  );
}
