import { statement, type Queryable } from "@cartwright/database/tx";
import type { TopicLag } from "../bus.ts";

const counting = statement(
  "bus-lag",
  `SELECT topic, (
     SELECT count(*) FROM bus.log
     WHERE log.topic = topics.topic AND log.position > coalesce(
       (SELECT position FROM bus.cursors WHERE "group" = $1 AND cursors.topic = topics.topic), 0)
   ) AS behind FROM unnest($2::text[]) AS topics (topic) ORDER BY topic`,
);

/** How many records of each topic the group has not handled yet. */
export const lagInLog = (
  db: Queryable,
  group: string,
  topics: readonly string[],
): Promise<TopicLag[]> => db.query<TopicLag>(counting, [group, topics]);
