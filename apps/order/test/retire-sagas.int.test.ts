import { retireSagas } from "@cartwright/saga/retention";
import {
  testDatabase,
  type TestDatabase,
} from "@cartwright/testing/test-database";

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase("order");
});
afterAll(() => database.stop());

/** Sagas that began so many days ago, as ids of that day tell. */
const sagas = (count: number, daysAgo: number, status: string) =>
  database.db.query(
    `WITH made AS (
       INSERT INTO saga_instances (id, saga, version, key, status, direction, step, attempt, sequence,
         logged, unwanted, deadline)
       SELECT overlay(gen_random_uuid()::text PLACING left(first_id_of(current_date - $2::int)::text, 15) FROM 1)::uuid,
         'place-order', 1, 'k' || n, $3, 'forward', CASE WHEN $3 IN ('completed', 'compensated') THEN NULL ELSE 's' END,
         1, 1, 1, false, CASE WHEN $3 IN ('completed', 'compensated') THEN NULL ELSE now() END
       FROM generate_series(1, $1::int) AS n RETURNING id
     ), memories AS (
       INSERT INTO saga_memories (id, memory, cause) SELECT id, '{}', '{}' FROM made
     )
     INSERT INTO saga_log (saga_id, sequence, entry) SELECT id, 1, 'started' FROM made`,
    [count, daysAgo, status],
  );

/** One input for each run, from a release that did not know it. */
const inputsForAll = () =>
  database.db.query(
    `INSERT INTO saga_waiting_inputs (saga_id, input) SELECT id, '{}' FROM saga_instances`,
  );

const left = async () => {
  const [row] = await database.db.query(
    `SELECT (SELECT count(*)::int FROM saga_instances) AS instances,
       (SELECT count(*)::int FROM saga_memories) AS memories, (SELECT count(*)::int FROM saga_log) AS lines,
       (SELECT count(*)::int FROM saga_waiting_inputs) AS inputs`,
  );
  return row;
};

it("retires what ended long ago, with its memory, its log and what waited for it, and nothing that still runs", async () => {
  await sagas(1_200, 40, "completed");
  await sagas(1, 40, "compensated");
  await sagas(2, 40, "stuck");
  await sagas(3, 29, "completed");
  await inputsForAll();
  expect(await retireSagas(database.db, 30)).toBe(1_201);
  expect(await left()).toEqual({
    instances: 5,
    memories: 5,
    lines: 5,
    inputs: 5,
  });
});

it("passes over what somebody holds, and comes back for it", async () => {
  await sagas(4, 50, "completed");
  await database.db.transaction(async (tx) => {
    await tx.query(
      "SELECT FROM saga_instances WHERE id < first_id_of(current_date - 45) ORDER BY id LIMIT 1 FOR UPDATE",
    );
    expect(await retireSagas(database.db, 45)).toBe(3);
  });
  expect(await retireSagas(database.db, 45)).toBe(1);
});
