import type { Queryable } from "@cartwright/database/tx";
import { days } from "@cartwright/kernel/duration";
import type { Part } from "@cartwright/kernel/part";
import type { Logger } from "@cartwright/observability/logger";

const monthsAhead = 2;

/** Sees to it that the archive has a partition for this month and the next two. */
export function archivePartitions(db: Queryable, logger: Logger): Part {
  let timer: NodeJS.Timeout | undefined;
  const keep = async () => {
    await db.query("SELECT keep_archive_partitions($1)", [monthsAhead]);
  };
  return {
    name: "archive partitions",
    async start() {
      await keep();
      timer = setInterval(() => {
        keep().catch((error: unknown) =>
          logger.warn("archive partitions could not be created", {
            error: String(error),
          }),
        );
      }, days(1)).unref();
    },
    async stop() {
      clearInterval(timer);
    },
  };
}
