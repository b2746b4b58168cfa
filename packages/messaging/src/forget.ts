import { setTimeout as sleep } from "node:timers/promises";
import type { Queryable } from "@cartwright/database/tx";
import { milliseconds } from "@cartwright/kernel/duration";

/** Tables whose rows are forgotten by age, and the column that tells it. */
const ages = {
  command_inbox: "received_at",
  command_answers: "answered_at",
} as const;

/** 2 MiB: a few milliseconds' work. */
const pagesPerStep = 256;
const pause = milliseconds(20);

/**
 * Deletes the rows that are older than `days`, walking the table in small steps with a rest between
 * them: no index is kept for what happens twice a day, and nothing waits for a long statement.
 */
export async function forget(
  db: Queryable,
  table: keyof typeof ages,
  days: number,
  signal?: AbortSignal,
): Promise<void> {
  const pages = await pagesOf(db, table);
  for (let page = 0; page < pages; page += pagesPerStep) {
    if (signal?.aborted) return;
    await db.query(
      `DELETE FROM ${table} WHERE ctid >= $1::tid AND ctid < $2::tid
       AND ${ages[table]} < now() - $3 * interval '1 day'`,
      [`(${page},0)`, `(${page + pagesPerStep},0)`, days],
    );
    if (page + pagesPerStep < pages) await sleep(pause);
  }
}

/** Of its largest partition, where it has any. */
async function pagesOf(db: Queryable, table: string): Promise<number> {
  const [row] = await db.query<{ pages: number }>(
    `SELECT max(pg_relation_size(relid) / current_setting('block_size')::int)::int AS pages
     FROM (SELECT $1::regclass AS relid UNION SELECT relid FROM pg_partition_tree($1)) AS relations`,
    [table],
  );
  return row?.pages ?? 0;
}
