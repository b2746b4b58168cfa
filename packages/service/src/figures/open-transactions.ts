import type { Queryable } from "@cartwright/database/tx";
import type { Sample, Source } from "@cartwright/observability/scrape";

type Row = {
  readonly id: string;
  /** Unknown of other roles' transactions: the server shows their begin to its administrators alone. */
  readonly age: number | null;
};

/** Every transaction holds the lock of its own number; the server's own processes have no role. */
const reading = `SELECT pid || ' ' || virtualtransaction AS id,
    extract(epoch FROM clock_timestamp() - xact_start)::float8 AS age
  FROM pg_locks JOIN pg_stat_activity USING (pid)
  WHERE locktype = 'virtualxid' AND virtualxid = virtualtransaction AND granted
    AND datname = current_database() AND usename IS NOT NULL`;

/**
 * For how long the oldest transaction of the database has been open, whosever it is. Of one that is not
 * of our role it is known since when it has been seen.
 */
export function openTransactions(
  service: string,
  db: Queryable,
  now: () => number = () => performance.now(),
): Source {
  let seen = new Map<string, number>();
  return async (): Promise<Sample[]> => {
    const rows = await db.query<Row>(reading);
    const at = now();
    seen = new Map(rows.map(({ id }) => [id, seen.get(id) ?? at]));
    const ages = rows.map(({ id, age }) =>
      Math.max(age ?? 0, (at - (seen.get(id) ?? at)) / 1_000),
    );
    const name = "cartwright_database_oldest_transaction_seconds";
    return [{ name, labels: { service }, value: Math.max(0, ...ages) }];
  };
}
