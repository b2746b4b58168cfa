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
