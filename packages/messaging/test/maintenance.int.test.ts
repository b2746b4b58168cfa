import { newId } from "@cartwright/kernel/ids";
import { days } from "@cartwright/kernel/duration";
import {
  testDatabase,
  type TestDatabase,
} from "@cartwright/testing/test-database";
import { silentLogger } from "@cartwright/observability/logger";
import { maintenance, tidy } from "../src/maintenance.ts";
import { idOf } from "./id-of.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase("shipping");
  await tidy(database.db);
});
afterAll(() => database.stop());

it("has room in the inbox for events of the last two weeks and the coming one", async () => {
  for (const age of [-6, 0, 13]) {
    await database.db.query("INSERT INTO inbox VALUES ('test', $1)", [
      idOf(days(age)),
    ]);
  }
  await expect(
    database.db.query("INSERT INTO inbox VALUES ('test', $1)", [
      "01000000-0000-7000-8000-000000000000",
    ]),
  ).rejects.toThrow("no partition");
});

it("forgets idempotency keys after two days, not before", async () => {
  const keep = (key: string, age: string) =>
    database.db.query(
      `INSERT INTO idempotency_keys VALUES ('me', $1, 'f', 202, '{}', '{}', now() - $2::interval)`,
      [key, age],
    );
  await keep("yesterday", "25 hours");
  await keep("old", "49 hours");
  await tidy(database.db);
  expect(await database.db.query("SELECT key FROM idempotency_keys")).toEqual([
    { key: "yesterday" },
  ]);
});

it("forgets commands and their answers after two weeks", async () => {
  for (const age of ["13 days", "15 days"]) {
    await database.db.query(
      `INSERT INTO command_inbox VALUES ('test', $1, 1, now() - $2::interval)`,
      [newId(), age],
    );
  }
  await tidy(database.db);
  expect(await database.db.query("SELECT FROM command_inbox")).toHaveLength(1);
});

it("forgets in steps, so that a large table holds nobody up", async () => {
  await database.db.query(
    `INSERT INTO command_answers
     SELECT gen_random_uuid(), gen_random_uuid(), 's', 't', 't', 'k', '{}', repeat('x', 1500),
       now() - CASE WHEN n % 10 = 0 THEN interval '1 day' ELSE interval '20 days' END
     FROM generate_series(1, 3000) AS n`,
  );
  await tidy(database.db);
  expect(
    await database.db.query(
      "SELECT count(*)::int AS left FROM command_answers",
    ),
  ).toEqual([{ left: 300 }]);
});

it("forgets many idempotency keys in short statements", async () => {
  await database.db.query(
    `INSERT INTO idempotency_keys
     SELECT 'many', n::text, 'f', 202, '{}', to_json(repeat('x', 1500)),
       now() - CASE WHEN n % 10 = 0 THEN interval '1 day' ELSE interval '20 days' END
     FROM generate_series(1, 3000) AS n`,
  );
  const deletions: (readonly unknown[] | undefined)[] = [];
  await tidy({
    query(statement, values) {
      const { text } =
        typeof statement === "string" ? { text: statement } : statement;
      if (text.startsWith("DELETE FROM idempotency_keys"))
        deletions.push(values);
      return database.db.query(statement, values);
    },
  });
  expect(deletions.length).toBeGreaterThan(1);
  expect(
    await database.db.query(
      "SELECT count(*)::int AS left FROM idempotency_keys WHERE scope = 'many'",
    ),
  ).toEqual([{ left: 300 }]);
});

it("does not keep a service from starting when the past cannot be forgotten", async () => {
  await database.db.query(
    `INSERT INTO command_inbox VALUES ('test', $1, 1, now() - interval '15 days')`,
    [newId()],
  );
  const part = maintenance(database.db, silentLogger);
  await database.db.transaction(async (tx) => {
    await tx.query("SELECT FROM command_inbox FOR UPDATE");
    await part.start?.();
  });
  await part.stop?.();
});
