import type { Queryable } from "@cartwright/database/tx";
import type { Sample } from "@cartwright/observability/scrape";

type Row = Readonly<
  Record<
    | "committed"
    | "rolledBack"
    | "hit"
    | "read"
    | "deadlocks"
    | "backends"
    | "live"
    | "dead",
    number
  >
>;

/** Of the server's own counters; any role may read them. */
const reading = `SELECT xact_commit AS committed, xact_rollback AS "rolledBack", blks_hit AS hit, blks_read AS read,
    deadlocks, numbackends AS backends, coalesce(live, 0) AS live, coalesce(dead, 0) AS dead
  FROM pg_stat_database, (
    SELECT sum(n_live_tup)::bigint AS live, sum(n_dead_tup)::bigint AS dead
    FROM pg_stat_user_tables WHERE schemaname = current_schema()) AS tables
  WHERE datname = current_database()`;

/** The database as the service meets it; that it does not answer is a figure, too. */
export async function databaseFigures(
  service: string,
  db: Queryable,
): Promise<Sample[]> {
  const up = (value: 0 | 1): Sample => ({
    name: "cartwright_database_up",
    labels: { service },
    value,
  });
  const rows = await db.query<Row>(reading).catch(() => undefined);
  return rows === undefined
    ? [up(0)]
    : [up(1), ...rows.flatMap((row) => samplesOf(service, row))];
}

const samplesOf = (service: string, row: Row): Sample[] => [
  ...pair("cartwright_database_transactions_total", "outcome", {
    committed: row.committed,
    "rolled-back": row.rolledBack,
  })(service),
  ...pair("cartwright_database_blocks_total", "source", {
    cache: row.hit,
    disk: row.read,
  })(service),
  ...pair("cartwright_database_rows", "state", {
    live: row.live,
    dead: row.dead,
  })(service),
  {
    name: "cartwright_database_deadlocks_total",
    labels: { service },
    value: row.deadlocks,
  },
  {
    name: "cartwright_database_backends",
    labels: { service },
    value: row.backends,
  },
];

/** The values of one metric that differ in one label. */
const pair =
  (
    name: Sample["name"],
    label: string,
    values: Readonly<Record<string, number>>,
  ) =>
  (service: string): Sample[] =>
    Object.entries(values).map(
      ([key, value]) =>
        ({ name, labels: { service, [label]: key }, value }) as Sample,
    );
