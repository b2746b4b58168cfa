import { serviceNames } from "@cartwright/contracts/services";
import { openDatabase } from "@cartwright/database/open-database";
import { schemaOf } from "@cartwright/database/role-url";
import type { Tx } from "@cartwright/database/tx";

/** Of every service; what the payment provider has is its own. */
const schemas = serviceNames.map(schemaOf);

type Table = { readonly name: string; readonly columns: string };

const tables = `SELECT format('%I.%I', n.nspname, c.relname) AS name, (
    SELECT string_agg(format('%I', attname), ', ' ORDER BY attnum) FROM pg_attribute
    WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
  ) AS columns
  FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = relnamespace
  WHERE nspname = ANY ($1::text[]) AND relkind IN ('r', 'p') AND NOT relispartition ORDER BY 1`;

const copyOf = ({ name }: Table): string =>
  `backup."${name.replaceAll('"', "")}"`;

/** All services' rows as one snapshot sees them, as `pg_dump` would, beside a running platform. Returns its time. */
export const backUp = (databaseUrl: string): Promise<Date> =>
  within(databaseUrl, async (tx) => {
    await tx.query("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ");
    const [row] = await tx.query<{ at: Date }>(
      "SELECT clock_timestamp() AS at",
    );
    const all = await tx.query<Table>(tables, [schemas]);
    await tx.query("CREATE SCHEMA backup");
    for (const table of all)
      await tx.query(
        `CREATE TABLE ${copyOf(table)} AS SELECT ${table.columns} FROM ${table.name}`,
      );
    if (row === undefined)
      throw new Error("The database does not know the time.");
    return row.at;
  });

/** Nobody else may be at work. */
export const restore = (databaseUrl: string): Promise<void> =>
  within(databaseUrl, async (tx) => {
    await tx.query("SET LOCAL session_replication_role TO replica"); // foreign keys hold already
    const all = await tx.query<Table>(tables, [schemas]);
    await tx.query(`TRUNCATE ${all.map(({ name }) => name).join(", ")}`);
    for (const table of all)
      await tx.query(
        `INSERT INTO ${table.name} (${table.columns}) OVERRIDING SYSTEM VALUE SELECT ${table.columns} FROM ${copyOf(table)}`,
      );
  });

async function within<T>(
  databaseUrl: string,
  work: (tx: Tx) => Promise<T>,
): Promise<T> {
  const db = openDatabase({
    ...{ url: databaseUrl, schema: "public", maxConnections: 1 },
    byIndex: false,
    settings: { statement_timeout: "60s" },
  });
  try {
    return await db.transaction(work);
  } finally {
    await db.stop?.();
  }
}
