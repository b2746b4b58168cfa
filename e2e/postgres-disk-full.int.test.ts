import { join } from "node:path";
import { orderService } from "@cartwright/app-order/order-service";
import { productCreated } from "@cartwright/contracts/catalog";
import { openDatabase } from "@cartwright/database/open-database";
import { postgresServer } from "@cartwright/database/postgres-server";
import { newId } from "@cartwright/kernel/ids";
import { money } from "@cartwright/kernel/money";
import { eventually } from "@cartwright/testing/eventually";
import { aCustomer } from "@cartwright/testing/principals";
import {
  testService,
  type TestService,
} from "@cartwright/testing/test-service";
import { freePorts } from "@cartwright/testing/free-ports";
import { anAddress } from "./support/shop.ts";
import {
  smallDisk,
  whyNoSmallDisk,
  type SmallDisk,
} from "./support/small-disk.ts";

const why = whyNoSmallDisk();
const customer = aCustomer();
const within = 30_000;

let disk: SmallDisk;
let server: ReturnType<typeof postgresServer>;
let service: TestService;
let productId: string;

if (why === undefined) describe("Postgres on a full disk", fullDisk);
else it.skip(`Postgres on a full disk: ${why}`, () => undefined);

function fullDisk(): void {
  beforeAll(async () => {
    disk = await smallDisk(400);
    server = postgresServer({
      folder: join(disk.folder, "postgres"),
      port: await freePorts(1),
      settings: { shared_buffers: "32MB", max_wal_size: "64MB" },
    });
    await server.start?.();
    process.env["TEST_DATABASE_URL"] = server.url();
    service = await testService(orderService);
    const product = aProduct();
    productId = product.key;
    await service.deliver(product);
  }, 60_000);
  afterAll(async () => {
    await service.stop().finally(() => server.stop?.());
    await disk.remove();
  }, 60_000);

  it("takes no orders, shows those it has, and goes on when there is room again", async () => {
    const early = await placeSome(5);
    expect(new Set(early.values())).toEqual(new Set([202]));
    await disk.fill();
    const late = await untilRefused();
    expect((await read()).body.items).toHaveLength(accepted(early, late));
    const news = await newsUntilRefused();

    await disk.clear();
    await eventually(() => service.deliver(...news), { within });
    expect(await known(news)).toHaveLength(news.length);
    await eventually(() => againAccepted([...early.keys(), ...late.keys()]), {
      within,
    });
  }, 120_000);

  it("comes back as it was when the log of transactions had no room and the server fell", async () => {
    const early = await placeSome(5);
    await disk.fill();
    await expect(moveToNextLogFile()).rejects.toThrow();
    const refused = await place(newId());
    expect([refused.status, refused.body.code]).toEqual([
      503,
      "service-unavailable",
    ]);
    await disk.clear();
    await server.start?.();
    await eventually(() => againAccepted([...early.keys()]), { within });
  }, 120_000);
}

const place = (key: string) =>
  service
    .as(customer)
    .post("/api/v1/orders")
    .set("idempotency-key", key)
    .send({
      items: [{ productId, quantity: 1 }],
      paymentToken: "tok_visa",
      shippingAddress: anAddress,
    });

const read = () =>
  service.as(customer).get("/api/v1/orders?limit=100").expect(200);

/** What each key was answered. */
async function placeSome(count: number): Promise<Map<string, number>> {
  const keys = Array.from({ length: count }, () => newId());
  const answers = await Promise.all(keys.map(place));
  return new Map(answers.map(({ status }, at) => [keys[at] ?? "", status]));
}

/** Orders that still find room in pages that are there, and then one that does not. */
async function untilRefused(): Promise<Map<string, number>> {
  const answers = new Map<string, number>();
  for (;;) {
    const key = newId();
    const { status, headers, body } = await place(key);
    answers.set(key, status);
    if (status === 202) continue;
    expect([status, body.code]).toEqual([503, "service-unavailable"]);
    expect(headers["retry-after"]).toBe("1");
    return answers;
  }
}

const accepted = (...answers: ReadonlyMap<string, number>[]): number =>
  answers.flatMap((one) => [...one.values()]).filter((one) => one === 202)
    .length;

/** Each key has one order, whatever it was answered before, and each order was announced once. */
async function againAccepted(keys: readonly string[]): Promise<void> {
  const answers = await Promise.all(keys.map(place));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
  const ids = answers.map(({ body }) => (body as { orderId: string }).orderId);
  expect(new Set(ids).size).toBe(keys.length);
  const announced = (await service.published())
    .filter(
      ({ type, key }) => type.includes("OrderCreated") && ids.includes(key),
    )
    .map(({ key }) => key);
  expect(announced.toSorted()).toEqual(ids.toSorted());
}

const aProduct = () => {
  const id = newId();
  const product = { productId: id, sku: id, name: "Mug" };
  const [price, at] = [money(1250, "EUR"), new Date().toISOString()];
  return { ...productCreated({ ...product, price, at }), id: newId() };
};

/** As a consumer takes them, one by one, until one is refused for want of room; that one is the last. */
async function newsUntilRefused() {
  const news: ReturnType<typeof aProduct>[] = [];
  for (;;) {
    const one = aProduct();
    news.push(one);
    const refusal = await service.deliver(one).then(() => undefined, String);
    if (refusal === undefined) continue;
    expect(refusal).toContain("No space left on device");
    return news;
  }
}

const known = (news: readonly { readonly key: string }[]) =>
  service.platform.db.query(
    "SELECT FROM product_snapshots WHERE product_id = ANY ($1::uuid[])",
    [news.map(({ key }) => key)],
  );

async function moveToNextLogFile(): Promise<void> {
  const db = openDatabase({
    url: server.url(),
    schema: "public",
    maxConnections: 1,
  });
  try {
    for (;;) {
      await db.query("SELECT pg_logical_emit_message(false, '', 'x')");
      await db.query("SELECT pg_switch_wal()");
    }
  } finally {
    await db.stop?.();
  }
}
