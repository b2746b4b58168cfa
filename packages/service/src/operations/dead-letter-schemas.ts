import { shownPayload } from "@cartwright/messaging/dead-letters/shown-payload";
import { timeShape } from "@cartwright/contracts/shapes";
import { idOr } from "@cartwright/http/id-param";
import { operatorReason } from "@cartwright/http/operator-reason";
import type { DeadLetter } from "@cartwright/messaging/dead-letters/dead-letter";
import { parkReasons } from "@cartwright/messaging/parked";
import { z } from "zod";

export const letterParams = z.object({
  id: z.coerce.number().int().positive().max(Number.MAX_SAFE_INTEGER),
});

const filters = {
  consumer: z.string().min(1).max(100).optional(),
  key: idOr(z.string().min(1).max(200)).optional(),
  type: z.string().min(1).max(200).optional(),
  reason: z.enum(parkReasons).optional(),
};

export const letterQuery = z.strictObject({
  ...filters,
  /** The last message of the page before. */
  cursor: z.coerce.number().int().nonnegative().default(0),
  limit: z.coerce.number().int().min(1).max(100).default(20),
});

export const requeueBody = z.strictObject({
  reason: operatorReason,
  acceptGap: z
    .boolean()
    .optional()
    .describe("Handle it though a message before it is missing."),
});

export const requeueAllBody = z
  .strictObject({
    reason: operatorReason,
    filter: z.strictObject({
      key: filters.key,
      type: filters.type,
      reason: filters.reason,
    }),
  })
  .refine(
    ({ filter }) => Object.keys(filter).length > 0,
    "Name a key, a type or a reason: without one everything would be requeued.",
  );

export const discardBody = z.strictObject({ reason: operatorReason });

export const letterView = z.object({
  id: z.int(),
  consumer: z.string(),
  key: z.string(),
  type: z.string().nullable(),
  messageId: z.string().nullable(),
  topic: z.string(),
  position: z.string(),
  reason: z.enum(parkReasons),
  detail: z.string(),
  parkedAt: timeShape,
  requeues: z.int(),
});

export const letterPage = z.object({
  items: z.array(letterView),
  nextCursor: z.int().optional(),
});

export const letterDetails = letterView.extend({
  headers: z.record(z.string(), z.string()),
  payload: z.string(),
});

export const requeuedView = z.object({
  handled: z.int(),
  /** Seen before, or of no interest to the consumer. */
  dropped: z.int(),
  /** Where it did not go on to the end, and why. */
  stopped: z.array(
    z.object({
      id: z.int(),
      key: z.string(),
      reason: z.enum(parkReasons),
      detail: z.string(),
    }),
  ),
  /** How many of those that were meant still wait; ask again to go on with them. */
  remaining: z.int(),
});

export const letterViewOf = ({
  record,
  parkedAt,
  ...letter
}: DeadLetter): z.input<typeof letterView> => ({
  ...letter,
  key: record.key,
  type: record.headers.ce_type ?? null,
  messageId: record.headers.ce_id ?? null,
  topic: record.topic,
  position: record.position,
  parkedAt: parkedAt.toISOString(),
});

export const letterDetailsOf = (
  letter: DeadLetter,
): z.input<typeof letterDetails> => ({
  ...letterViewOf(letter),
  headers: letter.record.headers,
  payload: shownPayload(letter.record.value),
});
