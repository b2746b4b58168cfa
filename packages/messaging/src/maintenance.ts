import { statement, type Queryable } from "@cartwright/database/tx";
import { hours } from "@cartwright/kernel/duration";
import type { Part } from "@cartwright/kernel/part";
import type { Logger } from "@cartwright/observability/logger";
import { forget } from "./forget.ts";

/** Kafka keeps messages for 7 days; what was handled is remembered for 7 more. */
export const rememberedDays = 14;
const aheadDays = 7;
const interval = hours(6);

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
export function maintenance(db: Queryable, logger: Logger): Part {
  let timer: NodeJS.Timeout | undefined;
  const stopping = new AbortController();
  const tidyUp = () => {
    tidy(db, stopping.signal).catch((error: unknown) => {
      logger.warn("maintenance failed", { error: String(error) });
    });
  };
  return {
    name: "maintenance",
    async start() {
      await makeRoom(db);
      timer = setInterval(tidyUp, interval);
      timer.unref();
      tidyUp();
    },
    async stop() {
      clearInterval(timer);
      stopping.abort();
      await Promise.resolve();
    },
  };
}
