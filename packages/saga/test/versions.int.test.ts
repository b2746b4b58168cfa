import {
  testDatabase,
  type TestDatabase,
} from "@cartwright/testing/test-database";
import { buy, buyAndRelease } from "./a-saga.ts";
import { anEngine, answerTo, makeDue, sentFor, storyOf } from "./an-engine.ts";
import { says } from "./answers.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase("order");
});
afterAll(() => database.stop());

/** A replica of the release that has version 1 only, and one of the release that has both. */
const replicas = () => ({
  older: anEngine(database.open("order", 2), [buy]),
  newer: anEngine(database.open("order", 2), [buy, buyAndRelease]),
});

type Replica = ReturnType<typeof anEngine>;

async function hears(
  replica: Replica,
  key: string,
  said: (typeof says)[keyof typeof says],
): Promise<void> {
  await replica.hear(await answerTo(database.db, key, said(key)));
}

const waiting = () =>
  database.db.query("SELECT saga_id FROM saga_waiting_inputs");

it("goes on with each run by the version it was begun with", async () => {
  const { older, newer } = replicas();
  const first = await older.begin(buy);
  const second = await newer.begin(buyAndRelease);
  for (const key of [first, second]) {
    await hears(newer, key, says.reserved);
    await hears(newer, key, says.captured);
  }
  await hears(newer, second, says.released);
  expect(await storyOf(database.db, first)).toEqual([
    "started",
    "reserve sent",
    "reserve done",
    "capture sent",
    "capture done",
    "completed",
  ]);
  expect(await storyOf(database.db, second)).toEqual([
    "started",
    "hold sent",
    "hold done",
    "capture sent",
    "capture done",
    "release sent",
    "release done",
    "completed",
  ]);
});

it("keeps an answer that reaches the older release, and goes on with it in the newer one", async () => {
  const { older, newer } = replicas();
  const key = await newer.begin(buyAndRelease);
  await hears(older, key, says.reserved);
  expect(await older.resume()).toBe(0);
  expect(await waiting()).toHaveLength(1);
  expect(await newer.resume()).toBe(1);
  expect(await storyOf(database.db, key)).toContain("capture sent");
  expect(await waiting()).toEqual([]);
});

it("handles in the same batch what the older release does know", async () => {
  const { older, newer } = replicas();
  const [known, unknown] = [
    await older.begin(buy),
    await newer.begin(buyAndRelease),
  ];
  await older.hear(
    await answerTo(database.db, unknown, says.reserved(unknown)),
    await answerTo(database.db, known, says.reserved(known)),
  );
  expect(await sentFor(database.db, known)).toContain("CapturePayment");
  expect(await sentFor(database.db, unknown)).not.toContain("CapturePayment");
  expect(await newer.resume()).toBe(1);
});

it("keeps a wish to stop that reaches the older release", async () => {
  const { older, newer } = replicas();
  const key = await newer.begin(buyAndRelease);
  expect(await older.stop(key)).toMatchObject({ status: "running" });
  await newer.resume();
  expect(await storyOf(database.db, key)).toContain("hold undo-sent");
});

it("keeps also the late answer to an earlier command, for the newer release to write down", async () => {
  const { older, newer } = replicas();
  const key = await newer.begin(buyAndRelease);
  const late = await answerTo(database.db, key, says.reserved(key));
  await newer.stop(key);
  await older.hear(late);
  await newer.resume();
  expect((await storyOf(database.db, key)).at(-1)).toBe("hold ignored");
});

it("gives a run what waited for it in the order it came, before its deadline", async () => {
  const { older, newer } = replicas();
  const key = await newer.begin(buyAndRelease);
  await hears(older, key, says.reserved);
  await older.stop(key);
  expect(await newer.resume()).toBe(2);
  const story = await storyOf(database.db, key);
  expect(story.indexOf("hold done")).toBeLessThan(
    story.indexOf("capture stop-requested"),
  );
});

it("leaves deadlines of runs it does not know to those who do", async () => {
  const { older, newer } = replicas();
  const key = await newer.begin(buyAndRelease);
  await makeDue(database.db, [key]);
  expect(await older.timeOut()).toBe(0);
  expect(await newer.timeOut()).toBe(1);
});

it("sees an older version's run through that was begun after the newer release began", async () => {
  const onlyNew = anEngine(database.open("order", 1), [buyAndRelease]);
  const { older } = replicas();
  const key = await older.begin(buy);
  await hears(onlyNew, key, says.outOfStock);
  expect(await older.resume()).toBe(1);
  expect((await storyOf(database.db, key)).at(-1)).toBe("compensated");
  expect(older.decided).toEqual([{ key, decider: "cancel" }]);
});
