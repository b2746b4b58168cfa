import { setTimeout as sleep } from "node:timers/promises";
import { statement, type Queryable } from "@cartwright/database/tx";
import { hours, milliseconds } from "@cartwright/kernel/duration";
import type { Part } from "@cartwright/kernel/part";
import { periodically } from "@cartwright/kernel/periodically";
import type { Logger } from "@cartwright/observability/logger";

const pause = milliseconds(20);
const perStep = 500;

/** Ids tell the time, so the oldest are found by the primary key. What somebody holds is left for later. */
const retire = statement(
  "saga-retire",
  `WITH ended AS (
     SELECT id FROM saga_instances WHERE id < first_id_of(current_date - $1::int) AND id > $2::uuid AND deadline IS NULL
       AND status IN ('completed', 'compensated') ORDER BY id LIMIT $3 FOR UPDATE SKIP LOCKED
   ), memories AS (
     DELETE FROM saga_memories WHERE id = ANY (ARRAY (SELECT id FROM ended))
   ), lines AS (
     DELETE FROM saga_log WHERE saga_id = ANY (ARRAY (SELECT id FROM ended))
   ), inputs AS (
     DELETE FROM saga_waiting_inputs WHERE saga_id = ANY (ARRAY (SELECT id FROM ended))
   )
   DELETE FROM saga_instances WHERE id = ANY (ARRAY (SELECT id FROM ended)) RETURNING id`,
);

/**
 * Deletes sagas that ended and began more than `days` ago, with all that belongs to them, a few at a time. Returns how
 * many. Those that still run, or wait for a person, are kept whatever their age.
 */
export async function retireSagas(
  db: Queryable,
  days: number,
  signal?: AbortSignal,
): Promise<number> {
  let after = "00000000-0000-0000-0000-000000000000";
  let retired = 0;
  for (;;) {
    const rows = await db.query<{ id: string }>(retire, [days, after, perStep]);
    retired += rows.length;
    if (rows.length < perStep || signal?.aborted) return retired;
    after = rows.reduce((last, { id }) => (id > last ? id : last), after);
    await sleep(pause);
  }
}

/** Retires sagas a few times a day, never in the way of those that run. */
export function sagaRetention(options: {
  readonly db: Queryable;
  readonly days: number;
  readonly logger: Logger;
}): Part {
  const { db, days, logger } = options;
  return periodically({
    name: "saga retention",
    every: hours(6),
    work: (signal) => retireSagas(db, days, signal),
    failed: (error) => {
      logger.warn("sagas could not be retired", { error: String(error) });
    },
  });
}
