import { statement, type Queryable } from "@cartwright/database/tx";
import { hours } from "@cartwright/kernel/duration";
import type { Part } from "@cartwright/kernel/part";
import { periodically } from "@cartwright/kernel/periodically";
import type { Logger } from "@cartwright/observability/logger";
import { forget } from "./forget.ts";

/** Kafka keeps messages for 7 days; what was handled is remembered for 7 more. */
export const rememberedDays = 14;
const aheadDays = 7;

const keepPartitions = statement(
  "maintenance-inbox",
  `SELECT keep_inbox_partitions($1, $2)::text`,
);
/** A day is promised; the second is for those who ask at the last moment. */
const idempotencyDays = 2;

/** Makes room in the inbox for coming days; without it no event can be handled. */
const makeRoom = (db: Queryable) =>
  db.query(keepPartitions, [rememberedDays, aheadDays]);

/** Makes room and forgets what can no longer be asked for. */
export async function tidy(db: Queryable, signal?: AbortSignal): Promise<void> {
  await makeRoom(db);
  await forget(db, "command_inbox", rememberedDays, signal);
  await forget(db, "command_answers", rememberedDays, signal);
  await forget(db, "idempotency_keys", idempotencyDays, signal);
}

/** Tidies every few hours. The start waits for room only: what is not forgotten today will be later. */
export const maintenance = (db: Queryable, logger: Logger): Part =>
  periodically({
    name: "maintenance",
    every: hours(6),
    before: () => makeRoom(db),
    work: (signal) => tidy(db, signal),
    failed: (error) => {
      logger.warn("maintenance failed", { error: String(error) });
    },
  });
