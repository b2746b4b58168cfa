import type { Platform } from "../../support/platform.ts";

/** A column as the statements that fill it must know it. */
export type Column = {
  readonly name: string;
  /** As in a cast. */
  readonly type: string;
  readonly inKey: boolean;
  /** Its values come from the database. */
  readonly generated: boolean;
};

export type Columns = ReadonlyMap<string, readonly Column[]>;

export const nameOf = ({
  schema,
  table,
}: {
  readonly schema: string;
  readonly table: string;
}): string => `"${schema}".${table}`;

/** The columns of every table of the platform by `nameOf` it, in their order. */
export async function readColumns({
  sql,
}: Pick<Platform, "sql">): Promise<Columns> {
  const rows = await sql<Column & { schema: string; table: string }>(
    `SELECT nspname AS schema, relname AS table, attname AS name,
            format_type(atttypid, atttypmod) AS type, attidentity <> '' AS generated,
            EXISTS (SELECT FROM pg_index WHERE indrelid = pg_class.oid AND indisprimary AND attnum = ANY (indkey)) AS "inKey"
     FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace JOIN pg_attribute ON attrelid = pg_class.oid
     WHERE relkind IN ('r', 'p') AND NOT relispartition AND attnum > 0 AND NOT attisdropped
       AND nspname NOT IN ('pg_catalog', 'information_schema')
     ORDER BY nspname, relname, attnum`,
  );
  return Map.groupBy(rows, nameOf);
}
