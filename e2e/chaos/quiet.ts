import { setTimeout as sleep } from "node:timers/promises";
import { serviceNames } from "@cartwright/contracts/services";
import { seconds } from "@cartwright/kernel/duration";
import type { Platform } from "../support/platform.ts";
import type { TopicReader } from "./topic-reader.ts";

/** Promised from the last fault on; what is not done by then stays as it is, for the checkers to find. */
const quietWithin = seconds(60);

/** What a run is found guilty of when it is not. */
export const notQuiet = `it did not become quiet within ${quietWithin / 1_000} s of the last order`;

const work = [
  `SELECT count(*) AS count FROM "order".saga_instances WHERE status NOT IN ('completed', 'compensated')`,
  ...serviceNames.flatMap((schema) => [
    `SELECT count(*) FROM "${schema}".outbox`,
    `SELECT count(*) FROM "${schema}".attempts WHERE due_at < now() + interval '1 minute'`,
  ]),
].join(" UNION ALL ");

/** Resolves when no order, message or call is under way and the topics are read to their end, or when the time is over. */
export async function untilQuiet(
  { sql }: Pick<Platform, "sql">,
  topics: TopicReader,
): Promise<boolean> {
  const end = performance.now() + quietWithin;
  let before: string | undefined;
  while (performance.now() < end) {
    const now = await state(sql, topics);
    if (now === before && now.startsWith("0 ")) return true;
    before = now;
    await sleep(seconds(1)); // two looks that say the same, apart
  }
  return false;
}

/** What is left to do, and how far everybody who reads has come. */
async function state(
  sql: Platform["sql"],
  topics: TopicReader,
): Promise<string> {
  const [row] = await sql<{ open: number; kept: number; archived: number }>(
    `SELECT (SELECT sum(count)::int FROM (${work}) AS work) AS open,
            (SELECT count(*)::int FROM chaos.outbox_history) AS kept,
            (SELECT count(*)::int FROM analytics.event_archive) AS archived`,
  );
  return `${row?.open} ${row?.kept} ${row?.archived} ${topics.rows().length}`;
}
