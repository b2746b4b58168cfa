import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { minutes, seconds } from "@cartwright/kernel/duration";
import { whyKafkaCannotRun } from "@cartwright/messaging/dev/kafka-jars";
import { collect } from "./chaos/collect.ts";
import { outcomeOf, type History, type Posting } from "./chaos/history.ts";
import { allViolations } from "./chaos/invariants/all.ts";
import { keepOutboxes } from "./chaos/outbox-history.ts";
import { untilQuiet } from "./chaos/quiet.ts";
import { order } from "./chaos/shopper.ts";
import { startShoppers, type Shoppers } from "./chaos/shoppers.ts";
import { readTopics, type TopicReader } from "./chaos/topic-reader.ts";
import { startProcess } from "./support/process.ts";
import { openShop, type Shop } from "./support/shop.ts";
import { differences } from "./support/totals.ts";
import {
  appliedOf,
  killMigrations,
  startMigrations,
} from "./upgrade/half-a-migration.ts";
import { thisTree, type TreeCopy } from "./support/tree-copy.ts";
import { generateClients, nextRelease } from "./upgrade/next-release.ts";
import {
  becomes,
  inputsThatWaited,
  inputsWaiting,
  newerUnderWay,
  ordersEnd,
  parcelsWithAndWithoutNote,
} from "./upgrade/progress.ts";
import { release, type Release } from "./upgrade/release.ts";
import type { Replayed } from "./upgrade/replay-runs.ts";
import {
  deployed,
  openSurroundings,
  type Surroundings,
} from "./upgrade/surroundings.ts";

const run = promisify(execFile);
const why = await whyKafkaCannotRun();
const required = process.env["CI"] || process.env["REQUIRE_KAFKA"];

let tree: TreeCopy;
let shared: Surroundings;
let older: Release;
let newer: Release;
let shop: Shop;
let shoppers: Shoppers;
let topics: TopicReader;
let watchedSince: number;
let lastChangeAt: number;
const held: Posting[] = [];
const ends: (() => Promise<unknown>)[] = [];
const atTheEnd = (end: () => Promise<unknown>) => ends.push(end);

/** Long for a slow machine: each step waits for what has to happen, and for no time. */
const within = minutes(8);
const steady = { crowd: 6, openOrders: 200, rate: 5 };

if (why === undefined || required)
  describe("a release and the next one, with orders on their way", upgrade);
else it.skip(`a release and the next one: ${why}`, () => undefined);

/** Each step begins where the one before has left it. */
function upgrade(): void {
  beforeAll(async () => {
    [tree, shared] = await Promise.all([
      nextRelease().then(async (made) => {
        atTheEnd(() => made.remove());
        await generateClients(made);
        return made;
      }),
      openSurroundings(),
    ]);
    atTheEnd(() => shared.stop());
    older = release(thisTree, shared);
    newer = release(tree.root, shared);
    atTheEnd(() => older.stopAll());
    atTheEnd(() => newer.stopAll());
    await older.start();
    await seed();
    await keepOutboxes(shared);
    watchedSince = lastChangeAt = Date.now();
    topics = await readTopics(shared.brokers);
    atTheEnd(() => topics.stop());
    shop = await openShop(shared);
    shoppers = await startShoppers(shared, shop, steady);
    atTheEnd(() => shoppers.stop());
  }, within);
  afterAll(async () => {
    const failures: unknown[] = [];
    for (const end of ends.toReversed())
      await end().catch((error: unknown) => failures.push(error));
    expect(failures).toEqual([]);
  }, within);
  step(
    "serves on while the migrations of the next one are half applied, the rest rolled back",
    async () => {
      await ordersEnd(shared, 5, 1);
      await killMigrations(tree, shared);
      expect(await appliedOf(shared)).toEqual({
        applied: ["order/0007_channels", "payment/0004_memos"],
        hasTable: false,
      });
      await ordersEnd(shared, 5, 1);
    },
  );

  step("serves on once they are applied by a second run", async () => {
    const job = startMigrations(tree, shared);
    expect([await job.ended, job.output()]).toEqual([0, expect.anything()]);
    expect(await appliedOf(shared)).toEqual({
      applied: [
        ...["order/0007_channels", "payment/0004_memos"],
        "shipping/0004_packing_notes",
      ],
      hasTable: true,
    });
    await ordersEnd(shared, 5, 1);
  });

  step(
    "takes and fulfils orders beside the next one, each with the other's messages",
    async () => {
      await newer.start();
      await ordersEnd(shared, 10, 1, 2);
      await becomes(() => inputsThatWaited(shared), 1);
      await becomes(
        async () => (await parcelsWithAndWithoutNote(shared))[0],
        1,
      );
      await becomes(
        async () => (await parcelsWithAndWithoutNote(shared))[1],
        1,
      );
      expect(await parked()).toEqual([]);
    },
  );

  step("hands over to the next one, process by process", async () => {
    for (const service of deployed) {
      await older.stop(service);
      await ordersEnd(shared, 1, 2);
    }
    await ordersEnd(shared, 10, 2);
    expect(await parked()).toEqual([]);
  });

  step(
    "takes over again with runs of the next one on their way: they wait, all others go on",
    async () => {
      await older.start();
      // Nobody gets further than to the payment provider.
      process.kill(shared.provider.pid, "SIGSTOP");
      await holdNewerRuns(5);
      await newer.stop("order");
      const begun = await newerUnderWay(shared);
      process.kill(shared.provider.pid, "SIGCONT");
      expect(begun).toBeGreaterThanOrEqual(5);
      for (const service of deployed) await newer.stop(service);
      await ordersEnd(shared, 10, 1);
      await becomes(() => inputsWaiting(shared), 1);
      expect(await newerUnderWay(shared)).toBe(begun);
      expect(await parked()).toEqual([]);
    },
  );

  step(
    "leaves nothing behind: the next one ends what waited for it, and everything adds up",
    async () => {
      await newer.start();
      await older.stopAll();
      await ordersEnd(shared, 10, 2);
      lastChangeAt = Date.now();
      await shoppers.stop();
      expect(await untilQuiet(shared, topics)).toBe(true);
      expect(await inputsWaiting(shared)).toBe(0);
      const evidence = await collect(shared, {
        history: history(),
        published: topics.rows(),
        ...{ watchedSince, lastFaultAt: lastChangeAt },
      });
      expect([
        ...allViolations(evidence),
        ...(await differences(shared, evidence.orders.length)),
      ]).toEqual([]);
      const unanswered = evidence.history.postings.filter(
        (posting) => outcomeOf(posting) !== "ok",
      );
      expect(unanswered).toEqual([]);
      tell(evidence);
    },
  );

  step(
    "has logs of all runs that replay in the release that knows them",
    async () => {
      const [before, after] = [
        await replayed(thisTree),
        await replayed(tree.root),
      ];
      const committed = await shared.sql<{ line: string }>(
        `SELECT DISTINCT id || '#' || attempt || ' ' || type || ' ' || sequence AS line
       FROM chaos.outbox_history WHERE attempt IS NOT NULL`,
      );
      expect([before.differing, after.differing]).toEqual([[], []]);
      expect(after.unknown).toBe(0);
      expect(before.unknown).toBe(after.runs["place-order#2"]);
      expect(before.recorded).toBeGreaterThan(30);
      expect(after.recorded).toBe(before.recorded);
      expect(after.commands.toSorted()).toEqual(
        committed.map(({ line }) => line).toSorted(),
      );
    },
  );

  step(
    "does not let the older one migrate what the next one has migrated",
    async () => {
      const job = startMigrations({ root: thisTree }, shared);
      expect(await job.ended).toBe(1);
      expect(job.output()).toMatch(/order\/0007_channels .* newer release/);
    },
  );
}

let failed: string | undefined;

/** Not tried when one before it has failed. */
function step(name: string, work: () => Promise<void>): void {
  const inTurn = async () => {
    expect(failed).toBeUndefined();
    failed = name;
    await work();
    expect([...older.lost(), ...newer.lost()]).toEqual([]);
    lastChangeAt = Date.now();
    failed = undefined;
  };
  it(name, inTurn, within);
}

async function seed(): Promise<void> {
  const seeding = startProcess("scripts/start-kafka/seed.ts", {
    DATABASE_URL: shared.adminUrl,
  });
  if ((await seeding.ended) !== 0) seeding.fail("could not stock the shop");
}

/** Places plain orders that nobody cancels: while the provider is frozen none of them can end. */
async function holdNewerRuns(count: number): Promise<void> {
  const customer = await shop.customer();
  const wish = { items: [{ productId: "MUG-STONE", quantity: 1 }] };
  while ((await newerUnderWay(shared, held.flatMap(idsOf))) < count)
    held.push(await order(shop, customer, wish));
}

const idsOf = ({ replies }: Posting): string[] =>
  replies.flatMap(({ orderId = [] }) => orderId);

const history = (): History => ({
  ...shoppers.history,
  postings: [...shoppers.history.postings, ...held],
});

const parked = () =>
  shared.sql(
    ["order", "inventory", "payment", "shipping", "notification", "analytics"]
      .map(
        (schema) =>
          `SELECT consumer, key, reason, detail FROM "${schema}".parked_messages`,
      )
      .join(" UNION ALL "),
  );

async function replayed(root: string): Promise<Replayed> {
  const script = join(root, "e2e/upgrade/replay-runs.ts");
  const { stdout } = await run(process.execPath, [script, shared.adminUrl], {
    maxBuffer: 2 ** 26,
  });
  return JSON.parse(stdout) as Replayed;
}

/** What the run came to. */
function tell({
  orders,
  history: { postings },
}: Awaited<ReturnType<typeof collect>>): void {
  const again = postings.filter(({ replies }) => replies[0]?.status !== 202);
  console.info(
    `${orders.length} orders in ${Math.round((Date.now() - watchedSince) / seconds(1))} s; ` +
      `${again.length} of ${postings.length} were not answered with 202 at the first try`,
  );
}
