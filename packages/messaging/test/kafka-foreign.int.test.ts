import { newId } from "@cartwright/kernel/ids";
import type { Part } from "@cartwright/kernel/part";
import { whyKafkaCannotRun } from "@cartwright/messaging/dev/kafka-jars";
import { kafkaBus } from "@cartwright/messaging/kafka-bus";
import { kafkaClient } from "@cartwright/messaging/kafka/client";
import { createTopics } from "@cartwright/messaging/kafka-topics";
import { silentLogger as logger } from "@cartwright/observability/logger";
import { eventually } from "@cartwright/testing/eventually";
import type { Message, ProducerConfig } from "kafkajs";
import type { ReceivedRecord } from "../src/bus.ts";
import { aBroker, type ABroker } from "./a-broker.ts";

/** Records as others write them, read through a real broker by the codec of our own. */

const why = await whyKafkaCannotRun();
const required = process.env.CI || process.env.REQUIRE_KAFKA;

let broker: ABroker;
let parts: Part[] = [];

if (why !== undefined && !required) {
  it.skip(`other producers' records in Kafka: ${why}`, () => undefined);
} else {
  describe("other producers' records in Kafka", theRecords);
}

const client = () => ({ brokers: [broker.address], clientId: "test", logger });
const times = { sessionTimeout: 3_000, rebalanceTimeout: 5_000 };

async function aTopic(): Promise<string> {
  const topic = `t-${newId()}`;
  await createTopics(client(), {
    topics: [topic],
    partitions: 1,
    replicas: 1,
  });
  return topic;
}

async function produce<T>(
  config: ProducerConfig,
  work: (
    producer: ReturnType<ReturnType<typeof kafkaClient>["producer"]>,
  ) => Promise<T>,
): Promise<T> {
  const producer = kafkaClient(client()).producer(config);
  await producer.connect();
  try {
    return await work(producer);
  } finally {
    await producer.disconnect();
  }
}

const send = (topic: string, messages: Message[]) =>
  produce({}, (producer) => producer.send({ topic, messages }));

/** What a group reads of the topic, each batch while `goesOn`. */
async function reading(
  topic: string,
  group: string,
  handled: (read: readonly ReceivedRecord[]) => Promise<void> = () =>
    Promise.resolve(),
) {
  const read: ReceivedRecord[] = [];
  const bus = kafkaBus({ ...client(), memberTimes: times });
  const part = bus.subscribe({
    group,
    topics: [topic],
    maxBatch: 2,
    async handle({ records }) {
      read.push(...records);
      await handled(read);
    },
  });
  await part.start?.();
  parts.push(part);
  return { read, part };
}

const valuesOf = (records: readonly ReceivedRecord[]) =>
  records.map(({ value }) => value);

function theRecords(): void {
  beforeAll(async () => {
    broker = await aBroker(() => ({
      "transaction.state.log.num.partitions": "1",
      "transaction.state.log.replication.factor": "1",
      "transaction.state.log.min.isr": "1",
    }));
  }, 120_000);
  afterEach(async () => {
    for (const part of parts) await part.stop?.();
    parts = [];
  }, 60_000);
  afterAll(() => broker.stop(), 60_000);

  it("come as texts, whatever they lack or have twice", async () => {
    const topic = await aTopic();
    await send(topic, [
      { value: null },
      { key: "k", value: Buffer.from([0xff, 0x61]) },
      {
        key: "grün",
        value: "{}",
        headers: { ümlaut: "ä", twice: ["1", "2"], raw: Buffer.from([0xff]) },
      },
    ]);
    const { read } = await reading(topic, newId());
    await eventually(() => expect(read).toHaveLength(3));
    const at = (offset: number) => ({
      topic,
      position: `${topic}/0@${offset}`,
    });
    expect(read).toEqual([
      { ...at(0), key: "", value: "", headers: {} },
      { ...at(1), key: "k", value: "\uFFFDa", headers: {} },
      {
        ...at(2),
        key: "grün",
        value: "{}",
        headers: { ümlaut: "ä", twice: "1,2", raw: "\uFFFD" },
      },
    ]);
  });

  it("of a transaction come when it was committed, and else not at all", async () => {
    const topic = await aTopic();
    const config = {
      transactionalId: newId(),
      idempotent: true,
      maxInFlightRequests: 1,
    };
    await produce(config, async (producer) => {
      const given = await producer.transaction();
      await given.send({ topic, messages: [{ value: "1" }, { value: "2" }] });
      await given.abort();
      const kept = await producer.transaction();
      await kept.send({ topic, messages: [{ value: "3" }, { value: "4" }] });
      await kept.commit();
    });
    await send(topic, [{ value: "5" }]);
    const { read } = await reading(topic, newId());
    await eventually(() => expect(valuesOf(read)).toEqual(["3", "4", "5"]));
  });

  it("go on in the middle of a batch where a group had come to", async () => {
    const topic = await aTopic();
    const group = newId();
    const values = ["1", "2", "3", "4", "5"];
    await send(
      topic,
      values.map((value) => ({ value })),
    );
    const first = await reading(topic, group, async () => {
      void first.part.stop?.();
    });
    await eventually(() => expect(valuesOf(first.read)).toEqual(["1", "2"]));
    await first.part.stop?.();
    const second = await reading(topic, group);
    await eventually(() =>
      expect(valuesOf(second.read)).toEqual(["3", "4", "5"]),
    );
  });

  it("come all and in order, though they are more than a fetch brings", async () => {
    const topic = await aTopic();
    const bulk = "x".repeat(100_000);
    const values = Array.from({ length: 24 }, (_, index) => `${index}${bulk}`);
    for (const start of [0, 8, 16])
      await send(
        topic,
        values.slice(start, start + 8).map((value) => ({ value })),
      );
    const { read } = await reading(topic, newId());
    await eventually(() => expect(read).toHaveLength(24), { within: 20_000 });
    expect(valuesOf(read)).toEqual(values);
  }, 40_000);
}
