import type { Database } from "@cartwright/database/open-database";
import { silentLogger } from "@cartwright/observability/logger";
import type { SagaInstance } from "@cartwright/saga/instance";
import { sagaStore } from "@cartwright/saga/saga-store";
import { sagaTimer } from "@cartwright/saga/timer";
import { eventually } from "@cartwright/testing/eventually";
import {
  testDatabase,
  type TestDatabase,
} from "@cartwright/testing/test-database";
import { buy } from "./a-saga.ts";
import { anEngine, answerTo, makeDue, sentFor, storyOf } from "./an-engine.ts";
import { says } from "./answers.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase("order");
});
afterAll(() => database.stop());

/** Two orchestrators with pools of their own on one schema. */
const twoOrchestrators = () => {
  const pools = [database.open("order", 2), database.open("order", 2)] as const;
  return pools.map((db) => ({ db, ...anEngine(db, [buy]) })) as [
    Orchestrator,
    Orchestrator,
  ];
};
type Orchestrator = ReturnType<typeof anEngine> & { readonly db: Database };

it("lets an answer or the deadline win, never both", async () => {
  const [one, two] = twoOrchestrators();
  const keys = await one.beginMany(buy, 60);
  const answers = await Promise.all(
    keys.map((key) => answerTo(database.db, key, says.reserved(key))),
  );
  await makeDue(database.db, keys);
  await Promise.all([
    ...answers.map((answer) => one.hear(answer)),
    ...keys.map(() => two.timeOut(1)),
  ]);
  for (const key of keys) {
    const [, , second, ...others] = await storyOf(database.db, key);
    const sent = await sentFor(database.db, key);
    if (second === "reserve done") {
      expect(sent).toEqual(["ReserveInventory", "CapturePayment"]);
      expect(others).toEqual(["capture sent"]);
    } else {
      expect(second).toBe("reserve timed-out");
      expect(sent).toEqual(["ReserveInventory", "ReleaseInventory"]);
      expect(others).toEqual(["reserve undo-sent", "reserve ignored"]);
    }
  }
});

it("takes an answer once that both of them hear", async () => {
  const [one, two] = twoOrchestrators();
  const keys = await one.beginMany(buy, 20);
  const answers = await Promise.all(
    keys.map((key) => answerTo(database.db, key, says.reserved(key))),
  );
  await Promise.all(
    answers.flatMap((answer) => [one.hear(answer), two.hear(answer)]),
  );
  for (const key of keys)
    expect(await sentFor(database.db, key)).toEqual([
      "ReserveInventory",
      "CapturePayment",
    ]);
});

it("decides once when both of them hear the last answer", async () => {
  const [one, two] = twoOrchestrators();
  const key = await one.begin(buy);
  const refusal = await answerTo(database.db, key, says.outOfStock(key));
  await Promise.all([one.hear(refusal), two.hear(refusal)]);
  expect([...one.decided, ...two.decided]).toEqual([
    { key, decider: "cancel" },
  ]);
});

it("goes on from what the other has learnt meanwhile", async () => {
  const [one, two] = twoOrchestrators();
  const key = await one.begin(buy);
  await one.hear(await answerTo(database.db, key, says.reserved(key)));
  const captured = await answerTo(database.db, key, says.captured(key));
  let late: Promise<SagaInstance[]> | undefined;
  await one.db.transaction(async (tx) => {
    await one.engine.answers.handle(tx, [captured]);
    late ??= two.db.transaction((other) => sagaStore.lockByKeys(other, [key]));
    await eventually(async () =>
      expect(await whoWaits(database.db)).toHaveLength(1),
    );
  });
  expect(await late).toMatchObject([
    { status: "completed", memory: { paid: expect.any(String) } },
  ]);
});

const whoWaits = (db: Database) =>
  db.query(
    "SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()",
  );

describe("with five thousand due at once", () => {
  let keys: readonly string[];
  let pair: [Orchestrator, Orchestrator];
  beforeEach(async () => {
    await database.db.query("DELETE FROM outbox");
    await database.db.query("DELETE FROM saga_instances");
    pair = twoOrchestrators();
    keys = (
      await Promise.all(
        Array.from({ length: 10 }, () => pair[0].beginMany(buy, 500)),
      )
    ).flat();
    await makeDue(database.db, keys);
  });

  it("takes each once, at most two hundred in a transaction, and in no more transactions than that needs", async () => {
    const claims: number[] = [];
    const timers = pair.map(({ db, engine }) =>
      sagaTimer({
        db: {
          transaction: (work) =>
            db.transaction(async (tx) => {
              const result = await work(tx);
              if (typeof result === "number" && result > 0) claims.push(result);
              return result;
            }),
        },
        engine,
        logger: silentLogger,
      }),
    );
    for (const timer of timers) await timer.start?.();
    const undone = "SELECT FROM saga_instances WHERE status = 'compensating'";
    await eventually(
      async () =>
        expect(await database.db.query(undone)).toHaveLength(keys.length),
      { within: 60_000, every: 200 },
    );
    for (const timer of timers) await timer.stop?.();

    expect(claims.reduce((sum, claim) => sum + claim, 0)).toBe(keys.length);
    expect(Math.max(...claims)).toBeLessThanOrEqual(200);
    expect(claims.length).toBeLessThanOrEqual(keys.length / 200 + 2);
    const sent = await database.db.query<{ type: string; count: number }>(
      "SELECT type, count(*) FROM outbox GROUP BY type ORDER BY type",
    );
    expect(sent).toEqual([
      { type: "inventory.ReleaseInventory.v1", count: keys.length },
      { type: "inventory.ReserveInventory.v1", count: keys.length },
    ]);
  });

  it("spreads what comes due next, so that it does not come at once again", async () => {
    while ((await pair[0].timeOut()) > 0);
    const [spread] = await database.db.query<{ seconds: number; most: number }>(
      `SELECT extract(epoch FROM max(deadline) - min(deadline))::float8 AS seconds,
         (SELECT max(many) FROM (SELECT count(*) AS many FROM saga_instances
            GROUP BY date_trunc('second', deadline)) AS each_second) AS most
       FROM saga_instances`,
    );
    expect(spread?.seconds).toBeGreaterThan(1.5);
    expect(spread?.most).toBeLessThan(keys.length * 0.9);
  });
});

describe("in a process whose clock is wrong by an hour", () => {
  const hour = 3_600_000;
  const right = Date;
  afterEach(() => {
    globalThis.Date = right;
  });

  /** The time of day as this process sees it. */
  function setClock(skew: number): void {
    globalThis.Date = class extends right {
      constructor(...given: readonly [] | [string | number | Date]) {
        super(given[0] ?? right.now() + skew);
      }
      static override now = () => right.now() + skew;
    } as DateConstructor;
  }

  it.each([
    ["ahead", hour],
    ["behind", -hour],
  ])(
    "sets and finds deadlines by the database's clock: %s",
    async (_, skew) => {
      const [wrong, other] = twoOrchestrators();
      setClock(skew);
      const key = await wrong.begin(buy);
      expect(Math.abs(Date.now() - right.now())).toBeGreaterThan(hour / 2);
      expect(await wrong.timeOut()).toBe(0);
      globalThis.Date = right;
      expect(await other.timeOut()).toBe(0);
      const [run] = await database.db.query<{ seconds: number }>(
        "SELECT extract(epoch FROM deadline - now())::float8 AS seconds FROM saga_instances WHERE key = $1",
        [key],
      );
      expect(run?.seconds).toBeGreaterThan(50);
      expect(run?.seconds).toBeLessThan(67);
      await makeDue(database.db, [key]);
      setClock(skew);
      expect(await wrong.timeOut()).toBe(1);
    },
  );
});
