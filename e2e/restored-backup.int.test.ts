import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { postgresServer } from "@cartwright/database/postgres-server";
import { seconds } from "@cartwright/kernel/duration";
import { whyKafkaCannotRun } from "@cartwright/messaging/dev/kafka-jars";
import { kafkaServer } from "@cartwright/messaging/dev/kafka-server";
import { createTopics } from "@cartwright/messaging/kafka-topics";
import { silentLogger } from "@cartwright/observability/logger";
import { eventually } from "@cartwright/testing/eventually";
import { freePorts } from "@cartwright/testing/free-ports";
import { backUp, restore } from "./support/backup.ts";
import { startPlatform, type Platform } from "./support/platform.ts";
import { allProcesses, withDescendants } from "./support/processes.ts";
import { opsJson } from "./support/ops.ts";
import { openRunbook } from "./support/runbook.ts";
import {
  openShop,
  type Customer,
  type Product,
  type Shop,
} from "./support/shop.ts";
import { differences, openOrders } from "./support/totals.ts";

type Journal = { readonly facts: readonly object[] };

/** The database goes back to a backup, the topics, the payment provider and what customers were told do not. */
const why = await whyKafkaCannotRun();
const required = process.env["CI"] || process.env["REQUIRE_KAFKA"];
const within = seconds(90);

let folder: string;
let broker: ReturnType<typeof kafkaServer>;
let postgres: ReturnType<typeof postgresServer>;
let environment: Record<string, string>;

if (why !== undefined && !required) {
  it.skip(`restored backups: ${why}`, () => undefined);
} else {
  describe("a database restored from a backup", restoredBackup);
}

const start = () => startPlatform({ mode: "kafka", processes: 1, environment });

function restoredBackup(): void {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "cartwright-restore-"));
    const port = await freePorts(3);
    broker = kafkaServer({ folder: join(folder, "kafka"), port });
    postgres = postgresServer({
      folder: join(folder, "postgres"),
      port: port + 2,
    });
    await Promise.all([broker.start?.(), postgres.start?.()]);
    await eventually(
      () =>
        createTopics({
          ...{ brokers: [`127.0.0.1:${port}`], clientId: "test" },
          logger: silentLogger,
        }),
      { within },
    );
    const secret = join(folder, "postgres", "cartwright.password");
    environment = {
      DATABASE_URL: `postgresql://postgres:${await readFile(secret, "utf8")}@127.0.0.1:${port + 2}/postgres`,
      KAFKA_BROKERS: `127.0.0.1:${port}`,
      PROVIDER_LATENCY_MS: "150",
      // It answers at another port each time, and people keep their tokens.
      TOKEN_ISSUER: "http://localhost",
    };
  }, 120_000);
  afterAll(async () => {
    await Promise.all([broker.stop?.(), postgres.stop?.()]);
    await rm(folder, { recursive: true, force: true });
  }, 60_000);

  it(
    "is reconciled with the topics: every order comes to a truthful end, and all totals are equal",
    reconciled,
    seconds(420),
  );
}

async function reconciled(): Promise<void> {
  const { DATABASE_URL: url = "" } = environment;
  let platform = await start();
  let stop = once(platform);
  const shop = await openShop(platform);
  const customer = await shop.customer();
  const product = await shop.product({ stock: 1_000 });
  const orders = (count: number, token?: string) =>
    placeMany(shop, { customer, product, count, token });
  try {
    const before = await orders(6);
    const regretted = before[0] ?? "";
    await ended(platform, before);
    const [running, backup] = await Promise.all([
      orders(10).then(async (some) => [...some, ...(await orders(4))]),
      pause().then(() => backUp(url)),
    ]);

    const lost = await orders(8);
    const declined = await orders(2, "tok_declined");
    await ended(platform, [...running, ...lost, ...declined]);
    await reprice(platform, shop, { product, amount: 3_100 });
    const regrettedLater = [regretted, lost[0] ?? ""];
    for (const id of regrettedLater) await cancelled(shop, customer, id);
    const told = await statuses(platform);
    const inHand = await orders(8);
    await published(platform);
    killAll(platform);
    await stop();

    await restore(url);
    const variables = {
      BACKUP: backup.toISOString(),
      JOURNAL: join(folder, "journal.json"),
      ...environment,
    };
    const cut = openRunbook(platform, "restore-from-backup.md");
    await run(cut, "reconcile cut", variables);
    platform = await start();
    stop = once(platform);
    const book = openRunbook(platform, "restore-from-backup.md");
    const all = [...[...before, ...running, ...lost, ...declined, ...inHand]];
    await eventually(
      async () => {
        const said = await run(book, "reconcile orders", variables);
        expect(said).toContain("None is open.");
        expect(await openOrders(platform, all)).toEqual([]);
      },
      { within, every: 3_000 },
    );
    await eventually(
      async () => {
        expect(await differences(platform, all.length)).toEqual([]);
        expect(await heldFor(platform)).toEqual([]);
      },
      { within },
    );
    await reprice(platform, shop, { product, amount: 3_200 });
    const now = await statuses(platform);
    for (const [id, status] of told)
      expect([id, now.get(id)]).toEqual([id, status]);
    expect(await run(book, "audit", variables)).toContain("reconcile.cut");
    const journal = await readFile(variables.JOURNAL, "utf8");
    expect((JSON.parse(journal) as Journal).facts).toMatchObject([
      { type: "catalog.PriceChanged.v1", subject: `product/${product.id}` },
    ]);
    const { items } = await opsJson(platform, "dlq", "list");
    expect(items).toEqual([]);
  } finally {
    await stop();
  }
}

/** An order that the topics have not heard of is gone with the database that alone had it. */
const published = (platform: Platform): Promise<void> =>
  eventually(
    async () =>
      expect(
        await platform.sql(
          `SELECT id FROM "order".outbox WHERE type = 'order.OrderCreated.v1'`,
        ),
      ).toEqual([]),
    { within },
  );

/** Stops it, however often it is asked. */
function once(platform: Platform): () => Promise<void> {
  let stopping: Promise<void> | undefined;
  return () => (stopping ??= platform.stop());
}

async function placeMany(
  shop: Shop,
  wish: {
    readonly customer: Customer;
    readonly product: Product;
    readonly count: number;
    readonly token: string | undefined;
  },
): Promise<string[]> {
  const { customer, product, count, token } = wish;
  return Promise.all(
    Array.from({ length: count }, () =>
      shop.placed(customer, {
        items: [{ productId: product.id, quantity: 1 }],
        ...(token !== undefined && { paymentToken: token }),
      }),
    ),
  );
}

const ended = (platform: Platform, orders: readonly string[]): Promise<void> =>
  eventually(
    async () => expect(await openOrders(platform, orders)).toEqual([]),
    { within },
  );

async function cancelled(
  shop: Shop,
  { token }: Customer,
  orderId: string,
): Promise<void> {
  const { status } = await shop.post(`/orders/${orderId}/cancellation`, {
    ...{ token, body: {} },
  });
  expect(status).toBe(202);
  await shop.reaches(orderId, "cancelled", within);
}

/** The change has the number of one that is lost, and says something else; order hears of it all the same. */
async function reprice(
  platform: Platform,
  shop: Shop,
  change: { readonly product: Product; readonly amount: number },
): Promise<void> {
  const { product, amount } = change;
  const path = `/api/v1/products/${product.id}/price`;
  const response = await fetch(platform.url + path, {
    method: "PUT",
    headers: {
      authorization: `Bearer ${shop.staff.token}`,
      "content-type": "application/json",
    },
    body: JSON.stringify({ amount, currency: "EUR" }),
  });
  expect(response.status).toBe(200);
  await eventually(
    async () =>
      expect(
        await platform.sql(
          `SELECT price::int FROM "order".product_snapshots WHERE product_id = $1`,
          [product.id],
        ),
      ).toEqual([{ price: amount }]),
    { within },
  );
}

async function statuses(
  platform: Platform,
): Promise<ReadonlyMap<string, string>> {
  const rows = await platform.sql<{ id: string; status: string }>(
    `SELECT id, status FROM "order".orders`,
  );
  return new Map(rows.map(({ id, status }) => [id, status]));
}

/** What the provider holds or has taken without an order that stands, or twice for one. */
const heldFor = (platform: Platform) =>
  platform.sql(
    `SELECT held.key, held.status, payments.status AS payment
     FROM payment_provider.authorizations AS held
     LEFT JOIN payment.payments ON payments.authorization_key::text = held.key
     LEFT JOIN "order".orders ON orders.id = payments.order_id AND orders.status NOT IN ('cancelled', 'cancelling')
     WHERE held.status IN ('pending', 'authorized', 'captured')
       AND (orders.id IS NULL OR payments.status <> 'captured')`,
  );

/** SIGKILL to all of it at once. */
function killAll(platform: Platform): void {
  for (const { pid } of withDescendants(allProcesses(), platform.pid()))
    process.kill(pid, "SIGKILL");
}

const pause = () => new Promise((resolve) => setTimeout(resolve, 250));

async function run(
  { run, containing }: ReturnType<typeof openRunbook>,
  words: string,
  variables: Readonly<Record<string, string>>,
): Promise<string> {
  const block = containing(words);
  const { status, output } = await run(block, variables);
  expect([block, status, output]).toEqual([block, 0, output]);
  return output;
}
