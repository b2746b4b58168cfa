import { silentLogger } from "@cartwright/observability/logger";
import { sagaTimer } from "@cartwright/saga/timer";
import { eventually } from "@cartwright/testing/eventually";
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
beforeEach(() => database.db.query("DELETE FROM saga_instances"));
afterAll(() => database.stop());

/** Lets a timer run until the expectation holds. Returns the errors that it has logged. */
async function timed(
  { engine }: ReturnType<typeof anEngine>,
  expectation: () => Promise<void>,
): Promise<string[]> {
  const errors: string[] = [];
  const timer = sagaTimer({
    ...{ db: database.db, engine },
    logger: { ...silentLogger, error: (message) => void errors.push(message) },
  });
  await timer.start?.();
  await eventually(expectation, { within: 20_000 });
  await timer.stop?.();
  return errors;
}

/** With nothing to remember, every turn of the run throws. */
const poison = (keys: readonly string[], memory = "null") =>
  database.db.query(
    `UPDATE saga_memories SET memory = $2
     WHERE id IN (SELECT id FROM saga_instances WHERE key = ANY ($1::text[]))`,
    [keys, memory],
  );

const runsAbout = (keys: readonly string[]) =>
  database.db.query<{ status: string; reason: string | null; rests: boolean }>(
    `SELECT status, reason, deadline > now() + interval '4 minutes' AS rests
     FROM saga_instances WHERE key = ANY ($1::text[])`,
    [keys],
  );

const aside = { status: "stuck", reason: "turn-failed", rests: true };

async function expectAll(
  keys: readonly string[],
  run: Partial<typeof aside>,
): Promise<void> {
  const runs = await runsAbout(keys);
  expect(runs).toHaveLength(keys.length);
  for (const one of runs) expect(one).toMatchObject(run);
}

it("sets the runs aside whose turn fails, and takes all others that are due", async () => {
  const orchestrator = anEngine(database.db, [buy]);
  const keys = await orchestrator.beginMany(buy, 250);
  const [guilty, others] = [keys.slice(0, 3), keys.slice(3)];
  await poison(guilty);
  await makeDue(database.db, keys);
  const errors = await timed(orchestrator, async () => {
    await expectAll(others, { status: "compensating" });
    await expectAll(guilty, aside);
  });
  expect(errors).toEqual(guilty.map(() => "a saga run was set aside"));
  for (const key of guilty)
    expect(await storyOf(database.db, key)).toEqual([
      "started",
      "reserve sent",
      "reserve stuck",
    ]);
});

it("says once in the log that a run is stuck, however often it fails, and goes on when it no longer does", async () => {
  const orchestrator = anEngine(database.db, [buy]);
  const key = await orchestrator.begin(buy);
  await poison([key]);
  for (const times of [1, 2]) {
    await makeDue(database.db, [key]);
    const errors = await timed(orchestrator, () => expectAll([key], aside));
    expect(errors).toHaveLength(1);
    const lines = await storyOf(database.db, key);
    expect([times, lines.length]).toEqual([times, 3]);
  }
  await poison([key], JSON.stringify({ orderId: key }));
  await orchestrator.hear(await answerTo(database.db, key, says.reserved(key)));
  expect(await runsAbout([key])).toMatchObject([
    { status: "running", reason: null },
  ]);
});

it("puts a run off whose log cannot be written", async () => {
  const orchestrator = anEngine(database.db, [buy]);
  const keys = await orchestrator.beginMany(buy, 2);
  const [guilty, other] = keys as [string, string];
  await database.db.query(
    `INSERT INTO saga_log (saga_id, sequence, entry)
     SELECT id, logged + 1, 'ignored' FROM saga_instances WHERE key = $1`,
    [guilty],
  );
  await makeDue(database.db, keys);
  await timed(orchestrator, async () => {
    await expectAll([other], { status: "compensating" });
    await expectAll([guilty], aside);
  });
});

it("keeps why a run compensates when its turn fails", async () => {
  const orchestrator = anEngine(database.db, [buy]);
  const key = await orchestrator.begin(buy);
  await orchestrator.stop(key);
  await poison([key]);
  await makeDue(database.db, [key]);
  await timed(orchestrator, () =>
    expectAll([key], { ...aside, reason: "unwanted" }),
  );
});

it("keeps the input that a run cannot take, and gives the others theirs", async () => {
  const older = anEngine(database.db, [buy]);
  const newer = anEngine(database.db, [buy, buyAndRelease]);
  const keys = await newer.beginMany(buyAndRelease, 5);
  for (const key of keys)
    await older.hear(await answerTo(database.db, key, says.reserved(key)));
  const [guilty, ...others] = keys as [string, ...string[]];
  await poison([guilty]);
  await timed(newer, async () => {
    await expectAll([guilty], aside);
    for (const key of others)
      expect(await sentFor(database.db, key)).toContain("CapturePayment");
  });
  await poison([guilty], JSON.stringify({ orderId: guilty }));
  expect(await newer.resume()).toBe(0);
  await makeDue(database.db, [guilty]);
  expect(await newer.resume()).toBe(1);
  expect(await sentFor(database.db, guilty)).toContain("CapturePayment");
});
