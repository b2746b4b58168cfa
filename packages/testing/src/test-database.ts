import { randomBytes } from "node:crypto";
import { migrate } from "@cartwright/database/migrate";
import {
  fingerprintOf,
  migratedSchemas,
} from "@cartwright/database/migrations";
import {
  openDatabase,
  type Database,
} from "@cartwright/database/open-database";
import { roleUrl, schemaOf } from "@cartwright/database/role-url";
import pg from "pg";

export type TestDatabase = {
  /** Acts as the service's own role. */
  readonly db: Database;
  /** The same database as another role, or several pools of the same one; closed with the rest. */
  open(service: string, maxConnections?: number): Database;
  /** The administrator's connection string. */
  readonly adminUrl: string;
  stop(): Promise<void>;
};

/** A fresh migrated database with the schemas of all services, cloned from a template. */
export async function testDatabase(service: string): Promise<TestDatabase> {
  const server = serverUrl();
  const name = `test_${randomBytes(6).toString("hex")}`;
  await onServer(server, async (client) => {
    const template = await templateDatabase(client, server);
    await client.query(
      `CREATE DATABASE ${name} TEMPLATE ${template} STRATEGY FILE_COPY`,
    );
  });
  const adminUrl = databaseUrl(server, name);
  const opened: Database[] = [];
  const open = (role: string, maxConnections = 4) => {
    const schema = schemaOf(role);
    const db = openDatabase({
      url: roleUrl(adminUrl, schema),
      schema,
      maxConnections,
    });
    opened.push(db);
    return db;
  };
  return {
    db: open(service),
    open,
    adminUrl,
    async stop() {
      await Promise.all(opened.map(async (db) => db.stop?.()));
      await onServer(server, (client) =>
        client.query(`DROP DATABASE ${name} WITH (FORCE)`),
      );
    },
  };
}

/** Any number, the same in every test process. */
const templateLock = 4_711_001;

/** The template for the migrations as they are now; whoever comes first makes it, the others wait. */
async function templateDatabase(
  client: pg.Client,
  server: string,
): Promise<string> {
  const schemas = migratedSchemas();
  const name = `template_${fingerprintOf(schemas)}`;
  await client.query("SELECT pg_advisory_lock($1)", [templateLock]);
  try {
    const found = await client.query(
      "SELECT FROM pg_database WHERE datname = $1",
      [name],
    );
    if (found.rowCount === 0) {
      const draft = `draft_${randomBytes(6).toString("hex")}`;
      await client.query(`CREATE DATABASE ${draft}`);
      await migrate({ adminUrl: databaseUrl(server, draft), schemas });
      await client.query(`ALTER DATABASE ${draft} RENAME TO ${name}`);
    }
  } finally {
    await client.query("SELECT pg_advisory_unlock($1)", [templateLock]);
  }
  return name;
}

async function onServer<T>(
  server: string,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

function databaseUrl(server: string, name: string): string {
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.toString();
}

function serverUrl(): string {
  const url = process.env.TEST_DATABASE_URL;
  if (!url)
    throw new Error(
      "TEST_DATABASE_URL is not set; jest's global setup does that.",
    );
  return url;
}
