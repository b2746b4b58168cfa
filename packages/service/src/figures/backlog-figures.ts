import type { Queryable } from "@cartwright/database/tx";
import type { Sample } from "@cartwright/observability/scrape";

type Row = {
  readonly rows: number;
  readonly age: number;
  readonly failed: number;
  readonly calls: number;
  readonly overdue: number;
  readonly letters: Readonly<Record<string, number>> | null;
};

/** Each part reads an index from its end, or a table that is empty while all is well. */
const reading = `SELECT
  (SELECT count(*) FROM (SELECT FROM outbox LIMIT 100000) AS counted)::int AS rows,
  coalesce((SELECT extract(epoch FROM clock_timestamp() - created_at) FROM outbox
    WHERE failure IS NULL ORDER BY position LIMIT 1), 0)::float8 AS age,
  (SELECT count(*) FROM outbox WHERE failure IS NOT NULL)::int AS failed,
  (SELECT count(*) FROM (SELECT FROM attempts LIMIT 100000) AS counted)::int AS calls,
  coalesce((SELECT extract(epoch FROM now() - due_at) FROM attempts ORDER BY due_at LIMIT 1), 0)::float8 AS overdue,
  (SELECT json_object_agg(reason, count) FROM (
    SELECT reason, count(*) FROM parked_messages GROUP BY reason) AS letters) AS letters`;

/** What waits in a service: to be published, to be called, or for a person. */
export async function backlogFigures(
  service: string,
  db: Queryable,
): Promise<Sample[]> {
  const [row] = await db.query<Row>(reading);
  if (row === undefined) return [];
  const labels = { service };
  return [
    { name: "cartwright_outbox_rows", labels, value: row.rows },
    { name: "cartwright_outbox_oldest_age_seconds", labels, value: row.age },
    { name: "cartwright_outbox_failed_rows", labels, value: row.failed },
    { name: "cartwright_outside_calls_waiting", labels, value: row.calls },
    {
      name: "cartwright_outside_calls_overdue_seconds",
      labels,
      value: Math.max(0, row.overdue),
    },
    ...Object.entries({ "handler-failed": 0, ...row.letters }).map(
      ([cause, value]): Sample => ({
        name: "cartwright_dead_letters",
        labels: { service, cause },
        value,
      }),
    ),
  ];
}
