import { orderCompleted } from "@cartwright/contracts/order";
import { systemClock } from "@cartwright/kernel/clock";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { newId } from "@cartwright/kernel/ids";
import type { Bus } from "@cartwright/messaging/bus";
import {
  kafkaCluster,
  portsPerBroker,
  type KafkaCluster,
} from "@cartwright/messaging/dev/kafka-cluster";
import { whyKafkaCannotRun } from "@cartwright/messaging/dev/kafka-jars";
import { resetOffsets } from "@cartwright/messaging/dev/reset-offsets";
import { kafkaBus } from "@cartwright/messaging/kafka-bus";
import { createTopics } from "@cartwright/messaging/kafka-topics";
import { outboxRelay } from "@cartwright/messaging/relay";
import { transactionalOutbox } from "@cartwright/messaging/transactional-outbox";
import { silentLogger as logger } from "@cartwright/observability/logger";
import { eventually } from "@cartwright/testing/eventually";
import {
  testDatabase,
  type TestDatabase,
} from "@cartwright/testing/test-database";
import { freePorts } from "@cartwright/testing/free-ports";
import { kafkaClient, type KafkaOptions } from "../src/kafka/client.ts";
import { withAdmin } from "../src/kafka/with-admin.ts";

const why = await whyKafkaCannotRun();
const required = process.env.CI || process.env.REQUIRE_KAFKA;

let folder: string;
let cluster: KafkaCluster;

if (why !== undefined && !required) {
  it.skip(`three brokers: ${why}`, () => undefined);
} else {
  describe("three brokers", threeBrokers);
}

function threeBrokers(): void {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "cartwright-kafka-"));
    const port = await freePorts(3 * portsPerBroker);
    cluster = kafkaCluster({
      folder,
      port,
      advertised: [0, 1, 2].map((index) => port + index * portsPerBroker),
      properties: { "broker.session.timeout.ms": "3000" },
    });
    await cluster.start?.();
  }, 120_000);
  afterAll(async () => {
    await cluster.stop?.();
    await rm(folder, { recursive: true });
  }, 60_000);

  it("lose nothing that was acknowledged when one of them dies, go on without it, and bring all of it again to a group set back", async () => {
    const client = { brokers: cluster.addresses, clientId: "test", logger };
    const [topic, group] = [`t-${newId()}`, `g-${newId()}`];
    await createTopics(client, { topics: [topic], partitions: 6 });
    const bus = kafkaBus(client);
    const values: number[] = [];
    const member = bus.subscribe({
      group,
      topics: [topic],
      handle: async ({ records }) => {
        await Promise.resolve();
        values.push(...records.map(({ value }) => Number(value)));
      },
    });
    await member.start?.();
    const publish = async (from: number, to: number) => {
      for (let n = from; n < to; n += 1) {
        const record = { topic, key: String(n), headers: {}, value: String(n) };
        await eventually(() => bus.publish([record]), { within: 30_000 });
      }
    };
    await publish(0, 50);
    await cluster.brokers[0]?.kill();
    await publish(50, 100);
    await cluster.brokers[0]?.start();
    await publish(100, 150);
    const all = Array.from({ length: 150 }, (_, n) => n);
    await eventually(() => expect(new Set(values)).toEqual(new Set(all)), {
      within: 30_000,
    });
    await member.stop?.();

    values.length = 0;
    expect(await resetOffsets(client, [group])).toBeGreaterThanOrEqual(150);
    const again = bus.subscribe({
      group,
      topics: [topic],
      handle: async ({ records }) => {
        await Promise.resolve();
        values.push(...records.map(({ value }) => Number(value)));
      },
    });
    await again.start?.();
    await eventually(() => expect(new Set(values)).toEqual(new Set(all)), {
      within: 30_000,
    });
    await again.stop?.();
    await bus.stop?.();
  }, 150_000);

  it("deliver within seconds while each of them restarts, the coordinator of the group among them", async () => {
    const client = { brokers: cluster.addresses, clientId: "test", logger };
    const topic = `t-${newId()}`;
    await createTopics(client, { topics: [topic], partitions: 6 });
    const bus = kafkaBus(client);
    const values: string[] = [];
    const member = bus.subscribe({
      group: `g-${newId()}`,
      topics: [topic],
      handle: async ({ records }) => {
        await Promise.resolve();
        values.push(...records.map(({ value }) => value));
      },
    });
    await member.start?.();
    for (const [index, broker] of cluster.brokers.entries()) {
      await eventually(() => expectInSync(client, topic), { within: 60_000 });
      await broker.stop();
      const value = String(index);
      const record = { topic, key: value, headers: {}, value };
      await eventually(() => bus.publish([record]), { within: 30_000 });
      await eventually(() => expect(values).toContain(value), {
        within: 15_000,
      });
      await broker.start();
    }
    await member.stop?.();
    await bus.stop?.();
  }, 200_000);

  it("take nothing while two of them are away, and all of it in order once they are back, on two at least", async () => {
    const client = { brokers: cluster.addresses, clientId: "test", logger };
    await createTopics(client, { topics: ["order-events"], partitions: 6 });
    const database = await testDatabase("order");
    const bus = kafkaBus(client);
    const relay = outboxRelay({ db: database.db, bus, logger });
    await relay.start?.();
    const orders = Array.from({ length: 10 }, () => newId());
    const waiting = () => database.db.query("SELECT FROM outbox");
    for (const sequence of [1, 2, 3])
      await complete(database, orders, sequence);
    await eventually(async () => expect(await waiting()).toEqual([]), {
      within: 30_000,
    });

    const [alone, ...others] = cluster.brokers;
    for (const one of others) await one.stop();
    for (const sequence of [4, 5, 6])
      await complete(database, orders, sequence);
    await eventually(
      async () =>
        expect(await relay.health?.()).toMatchObject({ status: "degraded" }),
      { within: 30_000 },
    );
    expect(await waiting()).toHaveLength(30);
    await Promise.all(others.map((one) => one.start()));
    await eventually(async () => expect(await waiting()).toEqual([]), {
      within: 60_000,
    });

    // What was acknowledged lies with the others too.
    await alone?.kill();
    const { member, read } = sequencesIn(bus, "order-events");
    await member.start?.();
    const all = new Map(orders.map((order) => [order, [1, 2, 3, 4, 5, 6]]));
    await eventually(() => expect(read).toEqual(all), { within: 60_000 });
    await member.stop?.();
    await relay.stop?.();
    await bus.stop?.();
    await database.stop();
    await alone?.start();
  }, 240_000);
}

/** Before that, the next broker to go would leave fewer copies than must be written. */
async function expectInSync(
  client: KafkaOptions,
  topic: string,
): Promise<void> {
  const { topics } = await withAdmin(kafkaClient(client), (admin) =>
    admin.fetchTopicMetadata({ topics: [topic] }),
  );
  const copies = topics.flatMap(({ partitions }) =>
    partitions.map(({ isr }) => isr.length),
  );
  expect(new Set(copies)).toEqual(new Set([3]));
}

const complete = (
  { db }: TestDatabase,
  orders: readonly string[],
  sequence: number,
): Promise<void> =>
  db.transaction((tx) =>
    transactionalOutbox({
      ...{ source: "order", clock: systemClock, wake: () => undefined },
    }).append(
      tx,
      orders.map((orderId) => ({
        draft: orderCompleted({
          ...{ orderId, customerId: newId() },
          completedAt: new Date().toISOString(),
        }),
        sequence,
        cause: { correlationId: newId() },
      })),
    ),
  );

/** Reads the numbers of each order's events, in the order of their first appearance. */
function sequencesIn(bus: Bus, topic: string) {
  const read = new Map<string, number[]>();
  const member = bus.subscribe({
    group: `g-${newId()}`,
    topics: [topic],
    async handle({ records }) {
      await Promise.resolve();
      for (const { key, headers } of records) {
        const known = read.get(key) ?? [];
        const sequence = Number(headers.ce_sequence);
        if (!known.includes(sequence)) read.set(key, [...known, sequence]);
      }
    },
  });
  return { member, read };
}
