import type { Queryable } from "@cartwright/database/tx";
import { days } from "@cartwright/kernel/duration";
import type { Part } from "@cartwright/kernel/part";
import { periodically } from "@cartwright/kernel/periodically";
import type { Logger } from "@cartwright/observability/logger";

const monthsAhead = 2;

/** Sees to it that the archive has a partition for this month and the next two. */
export function archivePartitions(db: Queryable, logger: Logger): Part {
  const keep = () =>
    db.query("SELECT keep_archive_partitions($1)", [monthsAhead]);
  return periodically({
    name: "archive partitions",
    every: days(1),
    before: keep,
    work: keep,
    failed: (error) => {
      logger.warn("archive partitions could not be created", {
        error: String(error),
      });
    },
  });
}
