import { minutes, seconds, type Duration } from "@cartwright/kernel/duration";
import { firstIdOf } from "@cartwright/kernel/ids";
import type { Platform } from "../support/platform.ts";

/** What the database has done so far. */
export type DatabaseFigures = {
  readonly commits: number;
  readonly walBytes: number;
  /** Whole pages in the log: the first change of a page after a checkpoint writes all of it. */
  readonly wholePages: number;
};

export async function databaseFigures({
  sql,
}: Platform): Promise<DatabaseFigures> {
  const [row] = await sql<DatabaseFigures>(
    `SELECT (SELECT sum(xact_commit)::bigint FROM pg_stat_database) AS commits,
            (pg_current_wal_lsn() - '0/0'::pg_lsn)::bigint AS "walBytes",
            (SELECT wal_fpi FROM pg_stat_wal) AS "wholePages"`,
  );
  return row ?? { commits: 0, walBytes: 0, wholePages: 0 };
}

const services = [
  "identity",
  "catalog",
  "order",
  "payment",
  "inventory",
  "shipping",
  "notification",
  "analytics",
];

const oldest = services
  .map(
    (schema) =>
      `(SELECT created_at AS at FROM "${schema}".outbox ORDER BY position LIMIT 1)`,
  )
  .join(" UNION ALL ");

/** For how long the oldest message of any outbox has been waiting, seconds. */
export async function outboxAge({ sql }: Platform): Promise<number> {
  const [row] = await sql<{ age: number | null }>(
    `SELECT extract(epoch FROM now() - min(at))::float8 AS age FROM (${oldest}) AS outboxes`,
  );
  return row?.age ?? 0;
}

const waiting = services
  .map((schema) => `SELECT count(*) AS count FROM "${schema}".outbox`)
  .join(" UNION ALL ");

/** How many messages wait in all outboxes together. */
export async function outboxRows({
  sql,
}: Pick<Platform, "sql">): Promise<number> {
  const [row] = await sql<{ rows: number }>(
    `SELECT sum(count)::int AS rows FROM (${waiting}) AS outboxes`,
  );
  return row?.rows ?? 0;
}

/**
 * Orders that are neither confirmed nor cancelled nor further. None that is older than `longestRun` is looked at, since
 * this is asked five times a second of the database that is measured.
 */
export async function runningOrders(
  { sql }: Platform,
  longestRun: Duration = usualRun,
): Promise<number> {
  const [row] = await sql<{ count: number }>(
    `SELECT count(*)::int AS count FROM "order".saga_instances
     WHERE id > $1 AND deadline IS NOT NULL AND saga = 'place-order' AND step IS DISTINCT FROM 'notify-customer'`,
    [firstIdOf(new Date(Date.now() - longestRun))],
  );
  return row?.count ?? 0;
}

const usualRun = seconds(15);

/** Milliseconds; null where nothing was measured. */
export type Percentiles = {
  readonly p50: number | null;
  readonly p99: number | null;
  readonly p999: number | null;
};

export type Outcomes = {
  readonly finished: number;
  readonly confirm: Percentiles;
};

/** Orders that ended between the two instants, and how long those took that were accepted after the first. */
export async function outcomesBetween(
  { sql }: Platform,
  from: Date,
  to: Date,
): Promise<Outcomes> {
  const [row] = await sql<{ finished: number; took: number[] | null }>(
    `SELECT count(*) FILTER (WHERE ended_at BETWEEN $1 AND $2)::int AS finished,
            percentile_cont(ARRAY[0.5, 0.99, 0.999]) WITHIN GROUP (ORDER BY took) AS took
     FROM (
       SELECT coalesce(confirmed_at, cancelled_at) AS ended_at,
              CASE WHEN created_at BETWEEN $1 AND $2
                THEN extract(epoch FROM confirmed_at - created_at)::float8 * 1000 END AS took
       FROM "order".orders WHERE id > $3
     ) AS orders`,
    [from, to, firstIdOf(new Date(from.getTime() - longestOrder))],
  );
  const [p50 = null, p99 = null, p999 = null] = row?.took ?? [];
  return { finished: row?.finished ?? 0, confirm: { p50, p99, p999 } };
}

/** Orders that are older do not end any more in what is measured. */
const longestOrder = minutes(2);

/** How many orders there are. */
export async function ordersIn({
  sql,
}: Pick<Platform, "sql">): Promise<number> {
  const [row] = await sql<{ orders: number }>(
    `SELECT count(*)::int AS orders FROM "order".orders`,
  );
  return row?.orders ?? 0;
}
