import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { analyticsService } from "@cartwright/app-analytics/analytics-service";
import { inventoryService } from "@cartwright/app-inventory/inventory-service";
import { priceChanged, productCreated } from "@cartwright/contracts/catalog";
import type { Draft } from "@cartwright/contracts/message";
import { systemClock } from "@cartwright/kernel/clock";
import { newId } from "@cartwright/kernel/ids";
import { money } from "@cartwright/kernel/money";
import { whyKafkaCannotRun } from "@cartwright/messaging/dev/kafka-jars";
import { kafkaServer } from "@cartwright/messaging/dev/kafka-server";
import { kafkaBus } from "@cartwright/messaging/kafka-bus";
import { kafkaClient } from "@cartwright/messaging/kafka/client";
import { withAdmin } from "@cartwright/messaging/kafka/with-admin";
import { createTopics } from "@cartwright/messaging/kafka-topics";
import { headersOf } from "@cartwright/messaging/wire";
import { silentLogger, type Logger } from "@cartwright/observability/logger";
import { eventually } from "@cartwright/testing/eventually";
import { anOperator } from "@cartwright/testing/principals";
import {
  testDatabase,
  type TestDatabase,
} from "@cartwright/testing/test-database";
import {
  testService,
  type TestService,
} from "@cartwright/testing/test-service";
import { freePorts } from "@cartwright/testing/free-ports";

/** A topic lets go of its records while a service is away, and an operator brings them back. */
const topic = "catalog-events";
const within = 30_000;
const why = await whyKafkaCannotRun();
const required = process.env["CI"] || process.env["REQUIRE_KAFKA"];

let folder: string;
let broker: ReturnType<typeof kafkaServer>;
let address: string;

const client = () => ({
  brokers: [address],
  clientId: "test",
  logger: silentLogger,
});
const aBus = (logger = silentLogger) =>
  kafkaBus({
    ...client(),
    logger,
    memberTimes: { sessionTimeout: 6_000, rebalanceTimeout: 5_000 },
  });

if (why !== undefined && !required) {
  it.skip(`missed messages: ${why}`, () => undefined);
} else {
  describe("messages that a topic no longer has", missedMessages);
}

function missedMessages(): void {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "cartwright-kafka-"));
    const port = await freePorts(2);
    address = `127.0.0.1:${port}`;
    broker = kafkaServer({ folder, port });
    await broker.start?.();
    await createTopics(client());
  }, 120_000);
  afterAll(async () => {
    await broker.stop?.();
    await rm(folder, { recursive: true });
  }, 60_000);

  it("are missed loudly by a service that was away, and taken from the archive by it alone", async () => {
    const database = await testDatabase("inventory");
    const analytics = await testService(analyticsService, { bus: aBus() });
    const [known, missed] = [aProduct(), aProduct()];
    const before = await aShelf(database);
    await publish(known.created);
    await eventually(() => before.holds([known]), { within });
    await before.stop();

    await publish(missed.created);
    await eventually(() => archived(analytics, 2), { within });
    await letGo();
    await publish(missed.repriced);
    const after = await aShelf(database);
    await eventually(() => after.waitsFor([missed]), { within });
    expect(after.alarms).toHaveLength(1);
    const health = await after.request.get("/health/ready");
    expect([health.status, health.body.status]).toEqual([200, "degraded"]);
    expect(JSON.stringify(health.body)).toContain("Deleted before they were");
    await after.holds([known]);

    await eventually(() => archived(analytics, 3), { within });
    const { body } = await analytics
      .as(anOperator())
      .post("/api/v1/operations/analytics/archive/republish")
      .send({ reason: "the shelf was away for too long", from: aMinuteAgo() })
      .expect(200);
    expect(body).toEqual({ events: 3 });
    await eventually(() => after.holds([known, missed]), { within });
    await eventually(() => after.waitsFor([]), { within });
    await eventually(() => allRead("analytics"), { within });
    await archived(analytics, 3);
    await Promise.all([after.stop(), analytics.stop()]);
    await database.stop();
  }, 180_000);
}

/** The inventory service, what stands on its shelf, and what it says aloud. */
async function aShelf(database: TestDatabase) {
  const alarms: string[] = [];
  const logger: Logger = {
    ...silentLogger,
    error: (message) => void alarms.push(message),
    child: () => logger,
  };
  const service = await testService(inventoryService, {
    ...{ database, logger, bus: aBus(logger) },
  });
  const column = async (sql: string) =>
    (await service.platform.db.query<{ id: string }>(sql)).map(({ id }) => id);
  const ids = (products: readonly Product[]) => products.map(({ id }) => id);
  return {
    ...service,
    alarms,
    holds: async (products: readonly Product[]) =>
      expect((await column("SELECT sku AS id FROM stock")).toSorted()).toEqual(
        ids(products).toSorted(),
      ),
    waitsFor: async (products: readonly Product[]) =>
      expect(
        await column(
          "SELECT key AS id FROM parked_keys WHERE reason = 'sequence-gap'",
        ),
      ).toEqual(ids(products)),
  };
}

const aMinuteAgo = (): string => new Date(Date.now() - 60_000).toISOString();

type Product = ReturnType<typeof aProduct>;

function aProduct() {
  const id = newId();
  const common = { productId: id, sku: id, at: new Date().toISOString() };
  const [oldPrice, price] = [money(1250, "EUR"), money(1350, "EUR")];
  const name = "Mug";
  return {
    id,
    created: { ...productCreated({ ...common, name, price }), sequence: 1 },
    repriced: { ...priceChanged({ ...common, oldPrice, price }), sequence: 2 },
  };
}

async function publish(event: Draft & { sequence: number }): Promise<void> {
  const bus = aBus();
  const stamp = { source: "catalog", time: systemClock.now().toISOString() };
  const { sequence, ...draft } = event;
  const cause = { correlationId: newId() };
  await bus.publish([
    {
      ...{ topic, key: event.key, value: JSON.stringify(event.data) },
      headers: headersOf({ draft, sequence, cause }, { id: newId(), ...stamp }),
    },
  ]);
  await bus.stop?.();
}

/** As retention does: everything that the topic holds is gone. */
const letGo = () =>
  withAdmin(kafkaClient(client()), async (admin) => {
    const partitions = (await admin.fetchTopicOffsets(topic))
      .filter(({ high, low }) => high !== low)
      .map(({ partition, high }) => ({ partition, offset: high }));
    await admin.deleteTopicRecords({ topic, partitions });
  });

async function archived(analytics: TestService, count: number): Promise<void> {
  const rows = await analytics.platform.db.query("SELECT FROM event_archive");
  expect(rows).toHaveLength(count);
}

async function allRead(group: string): Promise<void> {
  const bus = aBus();
  expect(await bus.lag?.(group, [topic])).toEqual([{ topic, behind: 0 }]);
}
