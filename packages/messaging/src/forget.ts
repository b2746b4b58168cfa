import { setTimeout as sleep } from "node:timers/promises";
import { statement, type Queryable } from "@cartwright/database/tx";
import { milliseconds } from "@cartwright/kernel/duration";

const step = (name: string, table: string, age: string) =>
  statement(
    name,
    `DELETE FROM ${table} WHERE ctid >= $1::tid AND ctid < $2::tid
       AND ${age} < now() - $3 * interval '1 day'`,
  );

/** Tables whose rows are forgotten by age. */
const steps = {
  command_inbox: step("maintenance-commands", "command_inbox", "received_at"),
  command_answers: step(
    "maintenance-answers",
    "command_answers",
    "answered_at",
  ),
  idempotency_keys: step(
    "maintenance-idempotency",
    "idempotency_keys",
    "created_at",
  ),
} as const;

/** Of the table or its largest partition. */
const countPages = statement(
  "maintenance-pages",
  `SELECT max(pg_relation_size(relid) / current_setting('block_size')::int)::int AS pages
   FROM (SELECT $1::regclass AS relid UNION SELECT relid FROM pg_partition_tree($1)) AS relations`,
);

/** 2 MiB: a few milliseconds' work. */
const pagesPerStep = 256;
const pause = milliseconds(20);

/**
 * Deletes the rows that are older than `days`, walking the table in small steps with a rest between
 * them: no index is kept for what happens twice a day, and nothing waits for a long statement.
 */
export async function forget(
  db: Queryable,
  table: keyof typeof steps,
  days: number,
  signal?: AbortSignal,
): Promise<void> {
  const [size] = await db.query<{ pages: number }>(countPages, [table]);
  const pages = size?.pages ?? 0;
  for (let page = 0; page < pages; page += pagesPerStep) {
    if (signal?.aborted) return;
    await db.query(steps[table], [
      `(${page},0)`,
      `(${page + pagesPerStep},0)`,
      days,
    ]);
    if (page + pagesPerStep < pages) await sleep(pause);
  }
}
