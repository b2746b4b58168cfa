import { asAdministrator } from "../support/as-administrator.ts";
import type { Platform } from "../support/platform.ts";

const page = 20_000;

/**
 * Queries that return whole tables, which the services' time limits are not made for: read through a
 * cursor, a page per statement.
 */
export function wholeTables({ databaseUrl }: Pick<Platform, "databaseUrl">): {
  readonly sql: Platform["sql"];
  stop(): Promise<void>;
} {
  const db = asAdministrator(databaseUrl, 1);
  return {
    sql: <Row extends object>(text: string) =>
      db.transaction(async (tx) => {
        await tx.query("SET LOCAL statement_timeout = '2min'");
        await tx.query(`DECLARE whole NO SCROLL CURSOR FOR ${text}`);
        const rows: Row[] = [];
        for (;;) {
          const some = await tx.query<Row>(`FETCH ${page} FROM whole`);
          for (const row of some) rows.push(row);
          if (some.length < page) return rows;
        }
      }),
    stop: async () => db.stop?.(),
  };
}
