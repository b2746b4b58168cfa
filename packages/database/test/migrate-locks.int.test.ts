import { migrate } from "@cartwright/database/migrate";
import type { LockPatience } from "@cartwright/database/lock-patience";
import { eventually } from "@cartwright/testing/eventually";
import {
  testDatabase,
  type TestDatabase,
} from "@cartwright/testing/test-database";
import pg from "pg";

let database: TestDatabase;
let holder: pg.Client;
let shopper: pg.Client;

const connected = async (name: string): Promise<pg.Client> => {
  const client = new pg.Client({
    connectionString: database.adminUrl,
    application_name: name,
  });
  await client.connect();
  return client;
};

beforeAll(async () => {
  database = await testDatabase("order");
  await migrate({ adminUrl: database.adminUrl, schemas: [workshop([tools])] });
  holder = await connected("report");
  shopper = await connected("shopper");
});
afterAll(async () => {
  await holder.end();
  await shopper.end();
  await database.stop();
});
afterEach(() => holder.query("ROLLBACK"));

type Steps = Parameters<typeof workshop>[0];
const workshop = (migrations: readonly { name: string; sql: string }[]) => ({
  schema: "workshop",
  migrations: migrations.map((one) => ({ ...one, checksum: one.name })),
});
const tools = {
  name: "0001_tools",
  sql: "CREATE TABLE tools (id INT PRIMARY KEY); INSERT INTO tools VALUES (1)",
};
const weigh = {
  name: "0002_weigh",
  sql: "CREATE TABLE scales (id INT); ALTER TABLE tools ADD COLUMN weight INT",
};

const said: string[] = [];
const migrateTo = (migrations: Steps, patience: LockPatience) => {
  said.length = 0;
  return migrate({
    ...{ adminUrl: database.adminUrl, schemas: [workshop(migrations)] },
    patience,
    onProgress: (sentence) => said.push(sentence),
  });
};

const pidOf = async (client: pg.Client): Promise<number> => {
  const { rows } = await client.query<{ pid: number }>(
    "SELECT pg_backend_pid() AS pid",
  );
  return rows[0]?.pid ?? 0;
};

const waiting = async (event: string): Promise<number[]> => {
  const { rows } = await shopper.query<{ ms: number }>(
    `SELECT (extract(epoch FROM clock_timestamp() - query_start) * 1000)::int AS ms FROM pg_stat_activity
     WHERE datname = current_database() AND application_name = 'migrate' AND wait_event = $1`,
    [event],
  );
  return rows.map(({ ms }) => ms);
};

describe("a migration that finds its table locked", () => {
  it("gives up after some tries, names table and holder, and leaves nothing behind", async () => {
    await holder.query("BEGIN; SELECT FROM workshop.tools");
    const pid = await pidOf(holder);
    await expect(
      migrateTo([tools, weigh], { timeout: 200, tries: 2 }),
    ).rejects.toThrow(
      new RegExp(
        `^The migration workshop/0002_weigh failed: it waited in vain for a lock on workshop.tools, ` +
          `because of process ${pid} \\(report as postgres, idle in transaction, in its transaction for \\d+ s\\), ` +
          `in 2 tries of 200 ms. Nothing of it was applied`,
      ),
    );
    expect(said).toEqual([
      "Applying workshop/0002_weigh",
      expect.stringMatching(
        /^The migration workshop\/0002_weigh waited in vain for a lock on workshop.tools, because of process .*; try 2 of 2 in 400 ms.$/,
      ),
    ]);
    const { rows } = await shopper.query(
      "SELECT to_regclass('workshop.scales') AS scales",
    );
    expect(rows).toEqual([{ scales: null }]);
  });

  it("lets those pass that came after it", async () => {
    await holder.query("BEGIN; SELECT FROM workshop.tools");
    const migrating = migrateTo([tools, weigh], { timeout: 1_000, tries: 2 });
    const failed = expect(migrating).rejects.toThrow("in 2 tries");
    await eventually(async () =>
      expect(await waiting("relation")).toHaveLength(1),
    );
    const { rows } = await shopper.query("SELECT id FROM workshop.tools");
    expect(rows).toEqual([{ id: 1 }]); // while the holder's transaction is open
    await failed;
  });

  it("says that it waits for another transaction where that has changed the same row", async () => {
    await holder.query("BEGIN; UPDATE workshop.tools SET id = 1");
    const renumber = {
      name: "0002_renumber",
      sql: "UPDATE tools SET id = id + 1",
    };
    await expect(
      migrateTo([tools, renumber], { timeout: 200, tries: 1 }),
    ).rejects.toThrow(
      "it waited in vain for another transaction to end, because of process ",
    );
  });

  it("is applied once the table is free", async () => {
    await holder.query("BEGIN; SELECT FROM workshop.tools");
    const migrating = migrateTo([tools, weigh], { timeout: 200, tries: 100 });
    await eventually(() => expect(said.length).toBeGreaterThan(1));
    await holder.query("COMMIT");
    await migrating;
    expect(said.at(-1)).toBe("Applied 1 migrations.");
    const { rows } = await shopper.query("SELECT weight FROM workshop.tools");
    expect(rows).toEqual([{ weight: null }]);
  });
});

it("waits without limit for another run of the migrations", async () => {
  const prismaLock = 72_707_369;
  await holder.query("SELECT pg_advisory_lock($1)", [prismaLock]);
  const migrating = migrateTo([tools, weigh], { timeout: 100, tries: 1 });
  await eventually(async () => {
    const [ms = 0] = await waiting("advisory");
    expect(ms).toBeGreaterThan(500);
  });
  await holder.query("SELECT pg_advisory_unlock($1)", [prismaLock]);
  await migrating;
  expect(said).toEqual(["The database is up to date."]);
});
