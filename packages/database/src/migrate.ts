import { randomUUID } from "node:crypto";
import pg from "pg";
import { crossGrants, ownGrants } from "./grants.ts";
import { lockPatience, patiently, type LockPatience } from "./lock-patience.ts";
import { watchLocks, type LockWatch } from "./lock-watch.ts";
import {
  migratedSchemas,
  tablesOf,
  type MigratedSchema,
  type Migration,
} from "./migrations.ts";
import { rolePasswords, type RolePasswords } from "./role-passwords.ts";
import { ensureRole } from "./roles.ts";

const { escapeIdentifier: identifier } = pg;

/** The advisory lock that Prisma's own CLI takes, so that it and we wait for each other. */
const prismaLock = 72_707_369;

export type MigrateOptions = {
  /** Connection string of a role that may create schemas and roles. */
  readonly adminUrl: string;
  readonly schemas?: readonly MigratedSchema[];
  /** Of the services' roles; derived from the administrator's unless given. */
  readonly passwords?: RolePasswords;
  /** With locks that others hold. */
  readonly patience?: LockPatience;
  readonly onProgress?: (sentence: string) => void;
};

/**
 * Brings every schema up to date: schema, login role, migrations, grants. Any number of processes
 * may call it at once; one works, the others wait and find nothing to do. Where any schema is not what this
 * release has made or can go on with, nothing is changed.
 */
export async function migrate(options: MigrateOptions): Promise<void> {
  const { adminUrl, patience = lockPatience } = options;
  const client = new pg.Client({
    connectionString: adminUrl,
    application_name: "migrate",
  });
  client.on("error", () => undefined); // the statement in hand says so too
  await client.connect();
  const every = patience.timeout / 5;
  const watch = watchLocks({ adminUrl, watched: client, every });
  try {
    await client.query("SELECT pg_advisory_lock($1)", [prismaLock]);
    await migrateAlone({ client, watch, patience }, options);
  } finally {
    await watch.stop?.();
    await client.end();
  }
}

/** A connection that has the advisory lock, and how it waits for the locks of migrations. */
type Session = {
  readonly client: pg.Client;
  readonly watch: LockWatch;
  readonly patience: LockPatience;
};

async function migrateAlone(
  session: Session,
  {
    adminUrl,
    schemas = migratedSchemas(),
    passwords = rolePasswords(adminUrl),
    onProgress = () => undefined,
  }: MigrateOptions,
): Promise<void> {
  const { client, watch } = session;
  const plans: Plan[] = [];
  for (const schema of schemas) plans.push(await planOf(client, schema));
  for (const { schema } of schemas) await ensureRole(client, schema, passwords);
  const pending = plans.flatMap((plan) => plan.pending);
  if (pending.length > 0) await watch.start?.();
  for (const plan of plans) await bringUpToDate(session, plan, onProgress);
  await assertTablesExist(client, schemas);
  const names = schemas.map(({ schema }) => schema);
  await client.query(
    [...names.flatMap(ownGrants), ...crossGrants(names)].join(";\n"),
  );
  onProgress(
    pending.length === 0
      ? "The database is up to date."
      : `Applied ${pending.length} migrations.`,
  );
}

async function bringUpToDate(
  { client, watch, patience }: Session,
  { schema, pending }: Plan,
  onProgress: (sentence: string) => void,
): Promise<void> {
  await client.query(historyTable(schema));
  for (const migration of pending) {
    const said = `The migration ${schema}/${migration.name}`;
    onProgress(`Applying ${schema}/${migration.name}`);
    try {
      await patiently(() => apply(client, schema, migration, patience), {
        ...{ ...patience, watch },
        onWait: (reason) => onProgress(`${said} ${reason}`),
      });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error(`${said} failed: ${reason}`, { cause: error });
    }
  }
}

/** What a schema lacked when we began; nobody else works on it meanwhile. */
type Plan = Pick<MigratedSchema, "schema"> & {
  readonly pending: readonly Migration[];
};

async function planOf(
  client: pg.Client,
  wanted: MigratedSchema,
): Promise<Plan> {
  const recorded = await recordedOf(client, wanted);
  const done = new Set(recorded.map(({ name }) => name));
  const pending = wanted.migrations.filter(({ name }) => !done.has(name));
  return { schema: wanted.schema, pending };
}

/** What was applied to the schema so far; refused where that is not what this release has at hand. */
async function recordedOf(
  client: pg.Client,
  { schema, migrations }: MigratedSchema,
): Promise<readonly Recorded[]> {
  const table = `${identifier(schema)}."_prisma_migrations"`;
  const { rows: found } = await client.query<{ exists: boolean }>(
    "SELECT to_regclass($1) IS NOT NULL AS exists",
    [table],
  );
  if (!found[0]?.exists) return [];
  const { rows } = await client.query<Recorded>(
    `SELECT migration_name AS name, checksum, finished_at AS "finishedAt"
     FROM ${table} WHERE rolled_back_at IS NULL ORDER BY migration_name COLLATE "C"`,
  );
  assertSameHistory(schema, migrations, rows);
  return rows;
}

type Recorded = {
  readonly name: string;
  readonly checksum: string;
  readonly finishedAt: Date | null;
};

/** Prisma's own table, in the same form, so that its CLI agrees with what we did. */
const historyTable = (schema: string): string => `
  SET client_min_messages = warning;
  CREATE SCHEMA IF NOT EXISTS ${identifier(schema)};
  CREATE TABLE IF NOT EXISTS ${identifier(schema)}."_prisma_migrations" (
    "id" VARCHAR(36) PRIMARY KEY NOT NULL,
    "checksum" VARCHAR(64) NOT NULL,
    "finished_at" TIMESTAMPTZ,
    "migration_name" VARCHAR(255) NOT NULL,
    "logs" TEXT,
    "rolled_back_at" TIMESTAMPTZ,
    "started_at" TIMESTAMPTZ NOT NULL DEFAULT now(),
    "applied_steps_count" INTEGER NOT NULL DEFAULT 0
  )`;

function assertSameHistory(
  schema: string,
  migrations: readonly Migration[],
  recorded: readonly Recorded[],
): void {
  const known = new Map(
    migrations.map((migration) => [migration.name, migration.checksum]),
  );
  for (const { name, checksum, finishedAt } of recorded) {
    const said = `The migration ${schema}/${name}`;
    const newest = migrations.at(-1)?.name ?? "";
    if (!known.has(name) && name > newest)
      throw new Error(
        `${said} was applied by a newer release, and this one ends with ${newest || "none"}. ` +
          "Older releases run on newer schemas but do not migrate them: run the newest release's migrations, or none.",
      );
    if (!known.has(name))
      throw new Error(`${said} was applied but its folder is gone.`);
    if (known.get(name) !== checksum)
      throw new Error(`${said} was changed after it was applied.`);
    if (finishedAt === null)
      throw new Error(`${said} was begun but never finished.`);
  }
}

/** The migration and its record are one transaction: applied as a whole or not at all. */
async function apply(
  client: pg.Client,
  schema: string,
  migration: Migration,
  { timeout }: LockPatience,
): Promise<void> {
  try {
    await client.query(
      `BEGIN; SET LOCAL search_path TO ${identifier(schema)}; SET LOCAL lock_timeout TO ${timeout}`,
    );
    await client.query(migration.sql);
    await client.query(
      `INSERT INTO ${identifier(schema)}."_prisma_migrations"
         (id, checksum, migration_name, finished_at, applied_steps_count)
       VALUES ($1, $2, $3, clock_timestamp(), 1)`,
      [randomUUID(), migration.checksum, migration.name],
    );
    await client.query("COMMIT");
  } catch (error) {
    await client.query("ROLLBACK").catch(() => undefined); // a lost connection has done so
    throw error;
  }
}

/** A runner that reports success and has done nothing is worse than one that fails. */
async function assertTablesExist(
  client: pg.Client,
  schemas: readonly MigratedSchema[],
): Promise<void> {
  const expected = schemas.flatMap((schema) =>
    tablesOf(schema).map(
      (table) => `${identifier(schema.schema)}.${identifier(table)}`,
    ),
  );
  const { rows } = await client.query<{ name: string }>(
    "SELECT name FROM unnest($1::text[]) AS name WHERE to_regclass(name) IS NULL",
    [expected],
  );
  if (rows.length > 0) {
    throw new Error(
      `Missing after the migrations: ${rows.map(({ name }) => name).join(", ")}.`,
    );
  }
}
