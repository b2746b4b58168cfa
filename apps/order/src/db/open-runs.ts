import { statement, type Queryable } from "@cartwright/database/tx";

const page = statement(
  "open-runs-page",
  `SELECT id FROM saga_instances
   WHERE status IN ('running', 'compensating', 'stuck') AND ($1::uuid IS NULL OR id > $1)
   ORDER BY id LIMIT $2`,
);

/** Ids of sagas that have not ended, oldest first; `after` is the last of the page before. */
export async function openRuns(
  db: Queryable,
  after: string | undefined,
  limit: number,
): Promise<string[]> {
  const rows = await db.query<{ id: string }>(page, [after ?? null, limit]);
  return rows.map(({ id }) => id);
}
