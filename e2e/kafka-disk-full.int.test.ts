import { join } from "node:path";
import { analyticsService } from "@cartwright/app-analytics/analytics-service";
import { catalogService } from "@cartwright/app-catalog/catalog-service";
import { newId } from "@cartwright/kernel/ids";
import { whyKafkaCannotRun } from "@cartwright/messaging/dev/kafka-jars";
import { kafkaServer } from "@cartwright/messaging/dev/kafka-server";
import { kafkaBus } from "@cartwright/messaging/kafka-bus";
import { createTopics } from "@cartwright/messaging/kafka-topics";
import { silentLogger as logger } from "@cartwright/observability/logger";
import { eventually } from "@cartwright/testing/eventually";
import { aStaffMember } from "@cartwright/testing/principals";
import {
  testService,
  type TestService,
} from "@cartwright/testing/test-service";
import { freePorts } from "@cartwright/testing/free-ports";
import {
  smallDisk,
  whyNoSmallDisk,
  type SmallDisk,
} from "./support/small-disk.ts";

const whyNoKafka = await whyKafkaCannotRun();
const required = process.env["CI"] || process.env["REQUIRE_KAFKA"];
const why = whyNoSmallDisk() ?? (required ? undefined : whyNoKafka);
const within = 60_000;

/** Files that grow as they are written: nothing of them is set aside before. */
const small = {
  "log.segment.bytes": String(2 ** 20),
  "log.index.size.max.bytes": String(2 ** 16),
};

let disk: SmallDisk;
let broker: ReturnType<typeof kafkaServer>;
let address: string;
let ended: Promise<string>;
let catalog: TestService;
let analytics: TestService;

if (why === undefined) describe("a broker on a full disk", fullDisk);
else it.skip(`a broker on a full disk: ${why}`, () => undefined);

function fullDisk(): void {
  beforeAll(async () => {
    disk = await smallDisk(64);
    const port = await freePorts(2);
    address = `127.0.0.1:${port}`;
    const { promise, resolve } = Promise.withResolvers<string>();
    ended = promise;
    broker = kafkaServer({
      ...{ folder: join(disk.folder, "kafka"), port },
      properties: small,
      onExit: resolve,
    });
    await broker.start?.();
    await createTopics({ brokers: [address], clientId: "test", logger });
    catalog = await testService(catalogService, { bus: aBus() });
    analytics = await testService(analyticsService, { bus: aBus() });
  }, 120_000);
  afterAll(async () => {
    await Promise.all([catalog.stop(), analytics.stop()]);
    await broker.stop?.();
    await disk.remove();
  }, 60_000);

  it("ends without having taken what it could not keep; services go on, and nothing is lost or doubled", async () => {
    const early = await addProducts(20);
    await eventually(() => allArchived(early), { within });
    await disk.fill();
    const late = await addProducts(200);
    expect(await ended).toMatch(/all log dirs in .* have failed/);
    await eventually(
      async () => expect(await readiness()).toEqual([200, "degraded"]),
      { within },
    );
    expect(await waiting()).toBeGreaterThan(0);
    const { body } = await catalog.request
      .get(`/api/v1/products/${late[0] ?? ""}`)
      .expect(200);
    expect(body).toMatchObject({ id: late[0] });

    await disk.clear();
    await broker.start?.();
    await eventually(async () => expect(await waiting()).toBe(0), { within });
    await eventually(() => allArchived([...early, ...late]), { within });
  }, 240_000);
}

const aBus = () =>
  kafkaBus({
    ...{ brokers: [address], clientId: "test", logger },
    memberTimes: { sessionTimeout: 6_000, rebalanceTimeout: 5_000 },
  });

const addProducts = (count: number): Promise<string[]> =>
  Promise.all(
    Array.from({ length: count }, async () => {
      const sku = newId();
      const price = { amount: 1250, currency: "EUR" };
      const { body } = await catalog
        .as(aStaffMember())
        .post("/api/v1/products")
        .send({ sku, name: "Mug", description: "", price })
        .expect(201);
      return (body as { id: string }).id;
    }),
  );

async function readiness(): Promise<[number, string]> {
  const { status, body } = await catalog.request.get("/health/ready");
  return [status, (body as { status: string }).status];
}

async function waiting(): Promise<number> {
  return (await catalog.platform.db.query("SELECT FROM outbox")).length;
}

/** One event of each product, and nothing else. */
async function allArchived(products: readonly string[]): Promise<void> {
  const rows = await analytics.platform.db.query<{ key: string }>(
    "SELECT key FROM event_archive ORDER BY key",
  );
  expect(rows.map(({ key }) => key)).toEqual(products.toSorted());
}
