import { migrate } from "@cartwright/database/migrate";
import {
  migratedSchemas,
  type MigratedSchema,
} from "@cartwright/database/migrations";
import { openDatabase } from "@cartwright/database/open-database";
import { roleUrl } from "@cartwright/database/role-url";
import {
  testDatabase,
  type TestDatabase,
} from "@cartwright/testing/test-database";
import pg from "pg";

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase("order");
});
afterAll(() => database.stop());

const schemas = migratedSchemas();
const order = schemas.find(({ schema }) => schema === "order");
const [platform] = order?.migrations ?? [];
if (!order || !platform)
  throw new Error("The order service has no migrations.");

const changed = (migrations: MigratedSchema["migrations"]) => [
  { schema: "order", migrations },
];

async function tableExists(name: string): Promise<boolean | undefined> {
  const admin = new pg.Client({ connectionString: database.adminUrl });
  await admin.connect();
  const { rows } = await admin.query<{ it: boolean }>(
    "SELECT to_regclass($1) IS NOT NULL AS it",
    [name],
  );
  await admin.end();
  return rows[0]?.it;
}

describe("the roles of the services", () => {
  it("cannot read each other's tables", async () => {
    await expect(
      database.db.query("SELECT FROM payment.outbox"),
    ).rejects.toMatchObject({
      code: "42501",
    });
  });

  it("cannot change their own tables", async () => {
    await expect(
      database.db.query("CREATE TABLE notes (id INT)"),
    ).rejects.toMatchObject({
      code: "42501",
    });
    await expect(database.db.query("DROP TABLE outbox")).rejects.toMatchObject({
      code: "42501",
    });
  });

  it("cannot touch the record of their migrations", async () => {
    await expect(
      database.db.query("SELECT FROM _prisma_migrations"),
    ).rejects.toMatchObject({
      code: "42501",
    });
  });

  it("may have their inbox partitions made", async () => {
    await database.db.query("SELECT keep_inbox_partitions(1, 1)");
    await database.db.query(
      "INSERT INTO inbox VALUES ('c', first_id_of(current_date))",
    );
  });
});

describe("a role's password", () => {
  it("is the one that it is given, also when that changes", async () => {
    const schema = "keyholder";
    const { adminUrl } = database;
    for (const password of ["first", "second"]) {
      const schemas = [{ schema, migrations: [] }];
      await migrate({ adminUrl, schemas, passwords: () => password });
      const url = roleUrl(adminUrl, schema, password);
      const db = openDatabase({ url, schema, maxConnections: 1 });
      await db.start?.();
      await db.stop?.();
    }
  });
});

describe("the embedded broker and the services", () => {
  it("share the outbox: the broker takes from it, and reads nothing else", async () => {
    const bus = database.open("bus");
    await bus.query('DELETE FROM "order".outbox RETURNING position');
    for (const forbidden of [
      'INSERT INTO "order".outbox (id) VALUES (gen_random_uuid())',
      'SELECT FROM "order".idempotency_keys',
    ])
      await expect(bus.query(forbidden)).rejects.toMatchObject({
        code: "42501",
      });
  });

  it("share the log: services read it and move their cursors, and write nothing else", async () => {
    await database.db.query("SELECT FROM bus.log");
    await database.db.query(
      "INSERT INTO bus.cursors VALUES ('order', 'order-events', 0)",
    );
    for (const forbidden of [
      "DELETE FROM bus.log",
      "DELETE FROM bus.cursors",
      "UPDATE bus.sequencer SET last = 0",
    ])
      await expect(database.db.query(forbidden)).rejects.toMatchObject({
        code: "42501",
      });
  });
});

describe("migrations", () => {
  it("are applied once, however many processes start", async () => {
    const said: string[] = [];
    const start = () =>
      migrate({
        adminUrl: database.adminUrl,
        schemas,
        onProgress: (line) => said.push(line),
      });
    await Promise.all([start(), start(), start()]);
    expect(new Set(said)).toEqual(new Set(["The database is up to date."]));
  });

  it("are refused when one was changed after it was applied", async () => {
    const schemas = changed([
      { ...platform, checksum: "0" },
      ...order.migrations.slice(1),
    ]);
    await expect(
      migrate({ adminUrl: database.adminUrl, schemas }),
    ).rejects.toThrow(
      "The migration order/0001_platform was changed after it was applied.",
    );
  });

  it("are refused when one that was applied is gone", async () => {
    const schemas = changed(order.migrations.slice(1));
    await expect(
      migrate({ adminUrl: database.adminUrl, schemas }),
    ).rejects.toThrow("was applied but its folder is gone");
  });

  const making = (name: string, table: string) => ({
    ...{ name, sql: `CREATE TABLE ${table} (id INT)`, checksum: name },
  });

  it("are refused in a sentence by a release that is older than a schema, before anything is changed", async () => {
    const { adminUrl } = database;
    const schema = "renewed";
    const [first, second] = [making("0001_a", "a"), making("0002_b", "b")];
    const newer = [{ schema, migrations: [first, second] }];
    await migrate({ adminUrl, schemas: newer });
    const older = [
      { schema: "aside", migrations: [first] },
      { schema, migrations: [first] },
    ];
    await expect(migrate({ adminUrl, schemas: older })).rejects.toThrow(
      "The migration renewed/0002_b was applied by a newer release, and this one ends with 0001_a.",
    );
    expect(await tableExists("aside.a")).toBe(false);
    await migrate({ adminUrl, schemas: newer });
  });

  it("leave nothing behind when the connection is lost half way, and are applied by the next run", async () => {
    const { adminUrl } = database;
    const whole = making("0001_cut", "halved");
    const cut = `${whole.sql}; SELECT pg_terminate_backend(pg_backend_pid())`;
    const schemas = (sql: string) => [
      { schema: "workshop", migrations: [{ ...whole, sql }] },
    ];
    await expect(migrate({ adminUrl, schemas: schemas(cut) })).rejects.toThrow(
      "The migration workshop/0001_cut failed: ",
    );
    expect(await tableExists("workshop.halved")).toBe(false);
    await migrate({ adminUrl, schemas: schemas(whole.sql) });
    expect(await tableExists("workshop.halved")).toBe(true);
  });

  it("leave nothing behind when one fails half way", async () => {
    const sql = "CREATE TABLE half (id INT); SELECT 1 / 0";
    const schemas = changed([
      ...order.migrations,
      { name: "9999_half", sql, checksum: "1" },
    ]);
    await expect(
      migrate({ adminUrl: database.adminUrl, schemas }),
    ).rejects.toThrow("The migration order/9999_half failed: division by zero");
    await expect(database.db.query("SELECT FROM half")).rejects.toMatchObject({
      code: "42P01",
    });
  });

  it("are not believed when a table is missing afterwards", async () => {
    const sql = "SELECT 1; /*\nCREATE TABLE ghosts (id INT)\n*/";
    const schemas = changed([
      ...order.migrations,
      { name: "9999_ghosts", sql, checksum: "1" },
    ]);
    await expect(
      migrate({ adminUrl: database.adminUrl, schemas }),
    ).rejects.toThrow('Missing after the migrations: "order"."ghosts".');
  });
});
