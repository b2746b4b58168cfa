import { days } from "@cartwright/kernel/duration";
import { newId } from "@cartwright/kernel/ids";
import type { Part } from "@cartwright/kernel/part";
import { orderCompleted } from "@cartwright/contracts/order";
import { messageConsumer } from "@cartwright/messaging/consumer";
import { whyKafkaCannotRun } from "@cartwright/messaging/dev/kafka-jars";
import { on } from "@cartwright/messaging/handler";
import { kafkaBus } from "@cartwright/messaging/kafka-bus";
import { kafkaClient } from "@cartwright/messaging/kafka/client";
import { kafkaSubscription } from "@cartwright/messaging/kafka/subscription";
import { createTopics } from "@cartwright/messaging/kafka-topics";
import { maintenance } from "@cartwright/messaging/maintenance";
import { outboxRelay } from "@cartwright/messaging/relay";
import { maxMessageBytes } from "@cartwright/messaging/transactional-outbox";
import { silentLogger as logger } from "@cartwright/observability/logger";
import { noTracing } from "@cartwright/observability/tracing";
import { eventually } from "@cartwright/testing/eventually";
import {
  testDatabase,
  type TestDatabase,
} from "@cartwright/testing/test-database";
import type { BusRecord } from "../src/bus.ts";
import { aBroker, type ABroker } from "./a-broker.ts";
import { orderRecord } from "./scripted-bus.ts";

/** What must not go wrong with kafkajs 2.2.4 against a real broker; each test is named after its rule. */

const why = await whyKafkaCannotRun();
const required = process.env.CI || process.env.REQUIRE_KAFKA;

let broker: ABroker;
let database: TestDatabase;
let parts: Part[] = [];
const warnings: string[] = [];
const heard = ({ name }: Error) => void warnings.push(name);

const client = () => ({ brokers: [broker.address], clientId: "test", logger });
const kafka = () => kafkaClient(client());
const times = { sessionTimeout: 3_000, rebalanceTimeout: 5_000 };

async function started<P extends Part>(part: P): Promise<P> {
  await part.start?.();
  parts.push(part);
  return part;
}

const aBus = () => started(kafkaBus({ ...client(), memberTimes: times }));

async function aTopic(partitions = 6): Promise<string> {
  const topic = `t-${newId()}`;
  await createTopics(client(), { topics: [topic], partitions });
  return topic;
}

async function asAdmin<T>(
  work: (admin: ReturnType<ReturnType<typeof kafka>["admin"]>) => Promise<T>,
): Promise<T> {
  const admin = kafka().admin();
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.disconnect();
  }
}

const record = (topic: string, value: string): BusRecord => ({
  topic,
  key: "k",
  headers: {},
  value,
});

/** A subscription that keeps what it is given. */
async function reading(
  topic: string,
  settings: Partial<Parameters<typeof kafkaSubscription>[2]> = {},
  handle: () => Promise<void> = () => Promise.resolve(),
) {
  const values: string[] = [];
  const part = await started(
    kafkaSubscription(
      kafka(),
      {
        group: `g-${newId()}`,
        topics: [topic],
        async handle({ records }) {
          await handle();
          values.push(...records.map(({ value }) => value));
        },
      },
      { times, logger, ...settings },
    ),
  );
  return { values, part };
}

if (why !== undefined && !required) {
  it.skip(`the rules of the Kafka client: ${why}`, () => undefined);
} else {
  describe("the rules of the Kafka client", theRules);
}

function theRules(): void {
  beforeAll(async () => {
    process.on("warning", heard);
    database = await testDatabase("inventory");
    await maintenance(database.db, logger).start?.();
    broker = await aBroker(() => ({ "auto.create.topics.enable": "true" }));
  }, 120_000);
  afterEach(async () => {
    for (const part of parts.reverse()) await part.stop?.();
    parts = [];
  }, 60_000);
  afterAll(async () => {
    await database.stop();
    await broker.stop();
    process.removeListener("warning", heard);
  }, 60_000);

  it.each([TypeError, RangeError])(
    "a %p in a handler parks its key, and the consumer lives on",
    async (Defect) => {
      await createTopics(client(), { topics: ["order-events"], partitions: 6 });
      const [bad, good] = [newId(), newId()];
      const handled: string[] = [];
      const group = `g-${newId()}`;
      const bus = await aBus();
      const consumer = await started(
        messageConsumer({
          db: database.db,
          bus,
          group,
          handlers: [
            on([orderCompleted], async (_tx, messages) => {
              await Promise.resolve();
              for (const { key } of messages)
                if (key === bad) throw new Defect("a defect");
              handled.push(...messages.map(({ key }) => key));
            }),
          ],
          logger,
          tracing: noTracing,
        }),
      );
      await bus.publish([orderRecord(bad, 1), orderRecord(good, 1)]);
      await eventually(() => expect(handled).toContain(good), {
        within: 20_000,
      });
      await eventually(async () =>
        expect(
          await database.db.query(
            "SELECT key, reason FROM parked_messages WHERE consumer = $1",
            [group],
          ),
        ).toEqual([{ key: bad, reason: "handler-failed" }]),
      );
      const next = newId();
      await bus.publish([orderRecord(bad, 2), orderRecord(next, 1)]);
      await eventually(() => expect(handled).toContain(next));
      expect(handled).not.toContain(bad);
      expect(await consumer.health?.()).toEqual({ status: "up" });
    },
    40_000,
  );

  it("neither publishing nor reading creates a topic, even where the broker would", async () => {
    const topic = `t-${newId()}`;
    const bus = await aBus();
    await expect(bus.publish([record(topic, "x")])).rejects.toThrow();
    const { part } = await reading(topic);
    await eventually(
      async () =>
        expect(await part.health?.()).toMatchObject({
          status: "degraded",
          detail: expect.stringContaining("A topic is missing"),
        }),
      { within: 20_000 },
    );
    expect(await asAdmin((admin) => admin.listTopics())).not.toContain(topic);
  }, 40_000);

  it("a deleted topic is said to be missing, leaves the others alone, and is written to once it is back", async () => {
    const [gone, kept] = [await aTopic(), await aTopic()];
    const bus = await aBus();
    await bus.publish([record(gone, "1"), record(kept, "1")]);
    await asAdmin((admin) => admin.deleteTopics({ topics: [gone] }));
    await eventually(
      () =>
        expect(bus.publish([record(gone, "2")])).rejects.toMatchObject({
          name: "WrongTopic",
          message: expect.stringContaining(gone),
        }),
      { within: 20_000 },
    );
    await bus.publish([record(kept, "2")]);
    await createTopics(client(), { topics: [gone], partitions: 6 });
    await eventually(() => bus.publish([record(gone, "3")]));
    const { values } = await reading(gone);
    await eventually(() => expect(values).toContain("3"));
  }, 60_000);

  it("a topic with another number of partitions stops the relay loudly: one line, a sentence, every row kept", async () => {
    const topic = await aTopic(3);
    const { db } = database;
    await db.query(
      `INSERT INTO outbox (id, subject, type, topic, key, headers, payload)
       VALUES ($1, 's', 't', $2, 'k', '{}', '{}')`,
      [newId(), topic],
    );
    const lines: unknown[] = [];
    const relay = await started(
      outboxRelay({
        db,
        bus: await aBus(),
        logger: {
          ...logger,
          error: (message, fields) => void lines.push({ message, ...fields }),
        },
      }),
    );
    const sentence = `Topic ${topic} has 3 partitions but must have 6.`;
    await eventually(async () =>
      expect(await relay.health?.()).toEqual({
        status: "degraded",
        detail: `WrongTopic: ${sentence}`,
      }),
    );
    relay.wake();
    await eventually(() => expect(lines).toHaveLength(1));
    expect(lines).toEqual([
      { message: "publishing has stopped", error: `WrongTopic: ${sentence}` },
    ]);
    expect(await db.query("SELECT FROM outbox")).toHaveLength(1);
    await asAdmin((admin) =>
      admin.createPartitions({ topicPartitions: [{ topic, count: 6 }] }),
    );
    await eventually(
      async () => expect(await db.query("SELECT FROM outbox")).toEqual([]),
      { within: 20_000 },
    );
  }, 60_000);

  it.each(["gzip", "zstd"])("records in %s are read", async (codec) => {
    const topic = await compressedTopic(codec);
    await (await aBus()).publish([record(topic, "squeezed")]);
    const { values, part } = await reading(topic);
    await eventually(() => expect(values).toEqual(["squeezed"]));
    expect(await part.health?.()).toEqual({ status: "up" });
  });

  it.each(["lz4", "snappy"])(
    "records in %s, which we lack, degrade the consumer with a sentence and end no process",
    async (codec) => {
      const topic = await compressedTopic(codec);
      await (await aBus()).publish([record(topic, "squeezed")]);
      const { part } = await reading(topic, { lives: 1 });
      await eventually(async () =>
        expect(await part.health?.()).toMatchObject({
          status: "degraded",
          detail: expect.stringMatching(/codec that cannot be read here/),
        }),
      );
    },
  );

  const compressedTopic = async (codec: string) => {
    const topic = `t-${newId()}`;
    await asAdmin((admin) =>
      admin.createTopics({
        topics: [
          {
            topic,
            numPartitions: 6,
            configEntries: [{ name: "compression.type", value: codec }],
          },
        ],
      }),
    );
    await createTopics(client(), { topics: [topic], partitions: 6 });
    return topic;
  };

  it("the largest message that an outbox takes fits into a topic", async () => {
    const topic = await aTopic();
    const large = "x".repeat(maxMessageBytes);
    await (await aBus()).publish([record(topic, large)]);
    const { values } = await reading(topic);
    await eventually(() => expect(values).toEqual([large]));
  });

  it("a consumer that crashes again and again while the broker answers is dead in the end", async () => {
    const topic = await aTopic();
    const refused = { sessionTimeout: days(1), rebalanceTimeout: days(1) };
    const { part } = await reading(topic, { times: refused, lives: 3 });
    await eventually(
      async () =>
        expect(await part.health?.()).toMatchObject({ status: "dead" }),
      { within: 20_000 },
    );
  }, 30_000);

  it("no connection has warned of a negative timeout", () => {
    expect(warnings).not.toContain("TimeoutNegativeWarning");
  });

  it("a consumer that stalls is dead while the broker answers, and degraded when none does", async () => {
    const topic = await aTopic();
    await (await aBus()).publish([record(topic, "x")]);
    const stalled = Promise.withResolvers<undefined>();
    const { part } = await reading(
      topic,
      { stalledAfter: 1_000 },
      () => stalled.promise,
    );
    await eventually(
      async () =>
        expect(await part.health?.()).toMatchObject({
          status: "dead",
          detail: expect.stringContaining("nothing fetched for"),
        }),
      { within: 20_000 },
    );
    await broker.stop();
    await eventually(
      async () =>
        expect(await part.health?.()).toMatchObject({ status: "degraded" }),
      { within: 20_000 },
    );
    stalled.resolve(undefined);
  }, 60_000);
}
