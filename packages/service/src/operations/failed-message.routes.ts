import { timeShape } from "@cartwright/contracts/shapes";
import type { Transact } from "@cartwright/database/tx";
import { once, onceOf } from "@cartwright/http/idempotency";
import { operatorReason } from "@cartwright/http/operator-reason";
import { ok } from "@cartwright/http/reply";
import { get, post, type Route } from "@cartwright/http/route";
import type {
  FailedMessage,
  FailedMessages,
} from "@cartwright/messaging/failed/failed-messages";
import { z } from "zod";

const params = z.object({
  id: z.coerce.number().int().positive().max(Number.MAX_SAFE_INTEGER),
});
const query = z.strictObject({
  /** The last message of the page before. */
  cursor: z.coerce
    .number()
    .int()
    .nonnegative()
    .max(Number.MAX_SAFE_INTEGER)
    .default(0),
  limit: z.coerce.number().int().min(1).max(100).default(20),
});
const body = z.strictObject({ reason: operatorReason });

const messageView = z.object({
  id: z.int(),
  messageId: z.string(),
  subject: z.string(),
  type: z.string(),
  topic: z.string(),
  key: z.string(),
  bytes: z.int().describe("Of headers and payload."),
  failure: z.string().describe("What the bus said."),
  createdAt: timeShape,
});
const messagePage = z.object({
  items: z.array(messageView),
  nextCursor: z.int().optional(),
});

const viewOf = (message: FailedMessage): z.input<typeof messageView> => ({
  ...message,
  createdAt: message.createdAt.toISOString(),
});

/** What operators may see of the messages that a service cannot publish, and do to them. */
export const failedMessageRoutes = (
  root: string,
  messages: FailedMessages,
  db: { readonly transaction: Transact },
): readonly Route[] => [
  get(`${root}/outbox/failed`, {
    summary: "Messages that cannot be published, oldest first",
    access: "sagas.read",
    query,
    responses: { 200: messagePage },
    handle: async ({ query: { cursor, limit } }) => {
      const found = await messages.page({ after: cursor, limit: limit + 1 });
      const items = found.slice(0, limit).map(viewOf);
      const nextCursor = found.length > limit ? items.at(-1)?.id : undefined;
      return ok({ items, ...(nextCursor && { nextCursor }) });
    },
  }),
  ...(["retry", "discard"] as const).map((verb) =>
    post(`${root}/outbox/failed/:id/${verb}`, {
      summary: summaries[verb],
      access: "sagas.write",
      ...{ params, body },
      responses: { 200: messageView },
      refusals: ["not-found"],
      idempotency: "accepted",
      handle: ({ params: { id }, body: { reason }, ...request }) => {
        const what = `POST ${root}/outbox/failed/${id}/${verb}`;
        const operator = { id: request.user.id, reason };
        return once(db, onceOf(request, what), async (tx) =>
          ok(viewOf(await messages[verb](tx, id, operator))),
        );
      },
    }),
  ),
];

const summaries = {
  retry: "Publish the message again, and then what waits behind it",
  discard: "Give the message up for good, and publish what waits behind it",
};
