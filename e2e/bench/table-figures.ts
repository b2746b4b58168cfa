import type { Platform } from "../support/platform.ts";

/** Rows of one table, by what was done with them. */
export type RowCounts = {
  readonly inserted: number;
  readonly updated: number;
  readonly deleted: number;
};

export type RowsByTable = ReadonlyMap<string, RowCounts>;

/** What the server has counted so far, partitions together with their table. */
export async function rowsByTable({
  sql,
}: Pick<Platform, "sql">): Promise<RowsByTable> {
  const rows = await sql<RowCounts & { name: string }>(
    `SELECT nspname || '.' || pg_class.relname AS name, sum(n_tup_ins)::bigint AS inserted,
            sum(n_tup_upd)::bigint AS updated, sum(n_tup_del)::bigint AS deleted
     FROM pg_stat_user_tables AS stats
     JOIN pg_class ON pg_class.oid = coalesce(pg_partition_root(stats.relid), stats.relid)
     JOIN pg_namespace ON pg_namespace.oid = relnamespace
     GROUP BY 1`,
  );
  return new Map(rows.map(({ name, ...counts }) => [name, counts]));
}

export const rowsBetween = (
  before: RowsByTable,
  after: RowsByTable,
): RowsByTable =>
  new Map(
    [...after].map(([name, { inserted, updated, deleted }]) => {
      const earlier = before.get(name);
      return [
        name,
        {
          inserted: inserted - (earlier?.inserted ?? 0),
          updated: updated - (earlier?.updated ?? 0),
          deleted: deleted - (earlier?.deleted ?? 0),
        },
      ];
    }),
  );

export type TableSize = {
  readonly name: string;
  readonly rows: number;
  readonly dead: number;
  /** Table and indexes. */
  readonly bytes: number;
  readonly vacuums: number;
};

/** The largest tables, partitions together with their table. */
export async function tableSizes({
  sql,
}: Pick<Platform, "sql">): Promise<TableSize[]> {
  return sql<TableSize>(
    `SELECT nspname || '.' || pg_class.relname AS name, sum(n_live_tup)::bigint AS rows, sum(n_dead_tup)::bigint AS dead,
            sum(pg_total_relation_size(stats.relid))::bigint AS bytes, sum(autovacuum_count)::bigint AS vacuums
     FROM pg_stat_user_tables AS stats
     JOIN pg_class ON pg_class.oid = coalesce(pg_partition_root(stats.relid), stats.relid)
     JOIN pg_namespace ON pg_namespace.oid = relnamespace
     GROUP BY 1 ORDER BY 4 DESC`,
  );
}

/** Of the platform's database, bytes. */
export async function databaseSize({
  sql,
}: Pick<Platform, "sql">): Promise<number> {
  const [row] = await sql<{ bytes: number }>(
    "SELECT pg_database_size(current_database()) AS bytes",
  );
  return row?.bytes ?? 0;
}
