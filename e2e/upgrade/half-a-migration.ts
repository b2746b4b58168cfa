import { join } from "node:path";
import { minutes } from "@cartwright/kernel/duration";
import { eventually } from "@cartwright/testing/eventually";
import type { Platform } from "../support/platform.ts";
import { startProcess, type RunningProcess } from "../support/process.ts";
import { asAdministrator } from "../support/as-administrator.ts";
import type { TreeCopy } from "../support/tree-copy.ts";

type Database = Pick<Platform, "sql"> & { readonly adminUrl: string };

/** The migrations of a release, as its job runs them. */
export const startMigrations = (
  { root }: Pick<TreeCopy, "root">,
  { adminUrl }: Database,
): RunningProcess =>
  startProcess(join(root, "scripts/migrate.ts"), { DATABASE_URL: adminUrl });

/**
 * Kills the job in the midst of shipping's migration: its table is made, its index waits for a lock that we hold.
 * The database hears of the death only when it has something to say.
 */
export async function killMigrations(
  tree: Pick<TreeCopy, "root">,
  database: Database,
): Promise<void> {
  const db = asAdministrator(database.adminUrl, 1);
  try {
    await db.transaction(async (tx) => {
      await tx.query("LOCK TABLE shipping.shipments IN ROW EXCLUSIVE MODE");
      const job = startMigrations(tree, database);
      const waits = async () => {
        await tx.query("SELECT"); // or it would be ended for being idle
        expect(await migrating(database)).toEqual([{ wait: "Lock" }]);
      };
      await eventually(waits, { within: minutes(3), every: 100 });
      await job.stop("SIGKILL");
    });
    await eventually(
      async () => expect(await migrating(database)).toEqual([]),
      {
        within: minutes(1),
      },
    );
  } finally {
    await db.stop?.();
  }
}

const migrating = ({ sql }: Database) =>
  sql<{ wait: string | null }>(
    `SELECT wait_event_type AS wait FROM pg_stat_activity
     WHERE datname = current_database() AND application_name = 'migrate'`,
  );

/** The newer release's migrations that are recorded, and whether what shipping's makes is there. */
export async function appliedOf({ sql }: Database) {
  const names = await sql<{ name: string }>(
    ["order", "payment", "shipping"]
      .map(
        (schema) =>
          `SELECT '${schema}/' || migration_name AS name FROM "${schema}"._prisma_migrations`,
      )
      .join(" UNION ALL "),
  );
  const [table] = await sql<{ exists: boolean }>(
    "SELECT to_regclass('shipping.packing_notes') IS NOT NULL AS exists",
  );
  return {
    applied: names
      .map(({ name }) => name)
      .filter((name) => /channels|memos|packing/.test(name))
      .toSorted(),
    hasTable: table?.exists,
  };
}
