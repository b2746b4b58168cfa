import { eventTopics } from "@cartwright/contracts/topics";
import type { Database } from "@cartwright/database/open-database";
import { idOr, idParam } from "@cartwright/http/id-param";
import { operatorReason } from "@cartwright/http/operator-reason";
import { ok } from "@cartwright/http/reply";
import { post } from "@cartwright/http/route";
import type { Clock } from "@cartwright/kernel/clock";
import { days } from "@cartwright/kernel/duration";
import { firstIdOf } from "@cartwright/kernel/ids";
import { Refusal } from "@cartwright/kernel/refusal";
import { rememberedDays } from "@cartwright/messaging/maintenance";
import { recordAction } from "@cartwright/messaging/operator-actions";
import { z } from "zod";
import { republish } from "../db/republish.ts";

/** What is older may have been forgotten by those who had it; a day is left for it to be read. */
const oldest = days(rememberedDays - 1);

export const republishBody = z
  .strictObject({
    reason: operatorReason,
    key: idOr(z.string().min(1).max(200)).optional(),
    topic: z.enum(eventTopics).optional(),
    from: z.iso.datetime().optional(),
    to: z.iso.datetime().optional(),
    /** The id of the last event of the page before. */
    cursor: idParam.optional(),
    limit: z.int().min(1).max(1_000).default(1_000),
  })
  .refine(
    ({ key, from }) => key !== undefined || from !== undefined,
    "Name a key, or a time to begin from.",
  );

export const republishedView = z.object({
  events: z.int(),
  nextCursor: z.string().optional(),
});

/** For consumers that have missed events which their topic no longer keeps. */
export const republishRoute = ({
  db,
  clock,
}: {
  readonly db: Database;
  readonly clock: Clock;
}) =>
  post("/api/v1/operations/analytics/archive/republish", {
    summary: "Publish events again, as they were, to the topics they came from",
    access: "sagas.write",
    body: republishBody,
    responses: { 200: republishedView },
    refusals: ["too-long-ago"],
    async handle({ body: { reason, limit, ...filter }, user }) {
      const now = clock.now();
      const remembered = new Date(now.getTime() - oldest);
      const from =
        filter.from === undefined ? remembered : new Date(filter.from);
      if (from < remembered) throw tooLongAgo(remembered);
      const selection = {
        ...{ key: filter.key, topic: filter.topic, after: filter.cursor },
        from: firstIdOf(from),
        before: firstIdOf(filter.to === undefined ? now : new Date(filter.to)),
      };
      const { events, last } = await db.transaction(async (tx) => {
        const done = await republish(tx, selection, limit);
        recordAction(tx, {
          operator: { id: user.id, reason },
          action: "archive.republish",
          target: filter.key ?? filter.topic ?? "archive",
          before: filter,
          after: done,
        });
        return done;
      });
      return ok({ events, ...(last !== null && { nextCursor: last }) });
    },
  });

const tooLongAgo = (remembered: Date): Refusal =>
  new Refusal(
    "too-long-ago",
    `Consumers may have forgotten what they handled before ${remembered.toISOString()}, and would handle it again.`,
    { earliest: remembered.toISOString() },
  );
