import { newId } from "@cartwright/kernel/ids";
import { eventually } from "@cartwright/testing/eventually";
import {
  testDatabase,
  type TestDatabase,
} from "@cartwright/testing/test-database";
import { lockGuards } from "../src/guards.ts";
import { lockParkedKeys, park, unpark } from "../src/parked.ts";
import {
  advanceSequences,
  lockSequences,
  saveSequences,
} from "../src/sequences.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase("inventory");
});
afterAll(() => database.stop());

const group = "test";

const waitingForALock = () =>
  database.db.query(
    `SELECT FROM pg_stat_activity
     WHERE datname = current_database() AND wait_event_type = 'Lock'`,
  );

const parkOne = (key: string) =>
  database.db.transaction((tx) =>
    park(tx, group, [
      {
        record: {
          ...{ topic: "order-events", key, headers: {}, value: "{}" },
          position: `order-events/0@${key}`,
        },
        reason: "handler-failed",
        detail: "…",
      },
    ]),
  );

it("sees the first number of a subject though it waited for the parked key of who wrote it", async () => {
  const { db } = database;
  const key = newId();
  const subject = `order/${key}`;
  await parkOne(key);
  let guards: ReturnType<typeof lockGuards> | undefined;
  await db.transaction(async (operator) => {
    await lockParkedKeys(operator, group, [key]);
    guards = db.transaction((tx) => lockGuards(tx, group, [key], [subject]));
    await eventually(async () =>
      expect(await waitingForALock()).toHaveLength(1),
    );
    saveSequences(operator, group, new Map([[subject, 1]]));
    unpark(operator, group, { ids: [], keys: [key] });
  });
  expect(await guards).toEqual({
    parkedKeys: new Map(),
    lasts: new Map([[subject, 1]]),
  });
});

it("tells which keys are parked and how far the subjects are", async () => {
  const { db } = database;
  const [key, other] = [newId(), newId()];
  const [subject, unknown] = [`order/${key}`, `order/${other}`];
  await db.transaction((tx) =>
    saveSequences(tx, group, new Map([[subject, 3]])),
  );
  const ask = () =>
    db.transaction((tx) =>
      lockGuards(tx, group, [key, other], [subject, unknown]),
    );
  const lasts = new Map([[subject, 3]]);
  expect(await ask()).toEqual({ parkedKeys: new Map(), lasts });
  await parkOne(other);
  const parkedKeys = new Map([[other, "handler-failed"]]);
  expect(await ask()).toEqual({ parkedKeys, lasts });
});

it("does not fall back in a sequence that another began meanwhile", async () => {
  const { db } = database;
  const subject = `order/${newId()}`;
  let tries = 0;
  await db.transaction(async (late) => {
    tries += 1;
    const before = await lockSequences(late, group, [subject]);
    if (tries === 1)
      await db.transaction((heir) =>
        saveSequences(heir, group, new Map([[subject, 2]])),
      );
    advanceSequences(late, group, new Map([[subject, 1]]), before);
  });
  const lasts = await db.transaction((tx) =>
    lockSequences(tx, group, [subject]),
  );
  expect([tries, lasts.get(subject)]).toEqual([2, 2]);
});
