import { timeShape } from "@cartwright/contracts/shapes";
import type { Queryable } from "@cartwright/database/tx";
import { idOr, idParam } from "@cartwright/http/id-param";
import { ok } from "@cartwright/http/reply";
import { get } from "@cartwright/http/route";
import { listActions } from "@cartwright/messaging/operator-actions";
import { z } from "zod";

const auditQuery = z.strictObject({
  target: idOr(z.string().min(1).max(200))
    .optional()
    .describe("The id of a saga or message."),
  operator: z.string().min(1).max(200).optional(),
  /** The last action of the page before. */
  cursor: idParam.optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
});

const auditPage = z.object({
  items: z.array(
    z.object({
      id: z.guid(),
      at: timeShape,
      operator: z.string(),
      action: z.string(),
      target: z.string(),
      reason: z.string(),
      before: z.unknown(),
      after: z.unknown(),
    }),
  ),
  nextCursor: z.guid().optional(),
});

export const auditRoute = (root: string, db: Queryable) =>
  get(`${root}/audit`, {
    summary: "What operators did here, newest first",
    access: "sagas.read",
    query: auditQuery,
    responses: { 200: auditPage },
    handle: async ({ query: { cursor, limit, ...filter } }) => {
      const page = { ...filter, after: cursor, limit: limit + 1 };
      const found = await listActions(db, page);
      const items = found
        .slice(0, limit)
        .map(({ at, ...action }) => ({ ...action, at: at.toISOString() }));
      const nextCursor = found.length > limit ? items.at(-1)?.id : undefined;
      return ok({ items, ...(nextCursor && { nextCursor }) });
    },
  });
