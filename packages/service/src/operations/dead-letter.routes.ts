import type { Transact } from "@cartwright/database/tx";
import { once, onceOf } from "@cartwright/http/idempotency";
import { ok } from "@cartwright/http/reply";
import { get, post, type Route } from "@cartwright/http/route";
import type { DeadLetters, TakeUp } from "@cartwright/messaging/dead-letters";
import { z } from "zod";
import {
  discardBody,
  letterDetails,
  letterDetailsOf,
  letterPage,
  letterParams,
  letterQuery,
  letterViewOf,
  requeueAllBody,
  requeueBody,
  requeuedView,
} from "./dead-letter-schemas.ts";

type Transacting = { readonly transaction: Transact };

/** What operators may see of the messages that a service has set aside, and do to them. */
export const deadLetterRoutes = (
  root: string,
  letters: DeadLetters,
  db: Transacting,
): readonly Route[] => [
  get(`${root}/dead-letters`, {
    summary: "Messages that were set aside, in the order they were",
    access: "sagas.read",
    query: letterQuery,
    responses: { 200: letterPage },
    handle: async ({ query: { cursor, limit, ...filter } }) => {
      const page = { after: cursor, limit: limit + 1 };
      const found = await letters.page(filter, page);
      const items = found.slice(0, limit).map(letterViewOf);
      const nextCursor = found.length > limit ? items.at(-1)?.id : undefined;
      return ok({ items, ...(nextCursor && { nextCursor }) });
    },
  }),
  get(`${root}/dead-letters/:id`, {
    summary: "One message that was set aside, with its headers and payload",
    access: "sagas.read",
    params: letterParams,
    responses: { 200: letterDetails },
    refusals: ["not-found"],
    handle: async ({ params: { id } }) =>
      ok(letterDetailsOf(await letters.get(id))),
  }),
  ...treatments(root, letters, db),
];

const treatments = (
  root: string,
  letters: DeadLetters,
  db: Transacting,
): readonly Route[] => [
  post(`${root}/dead-letters/requeue`, {
    summary: "Handle everything that waits under the keys where one matches",
    access: "sagas.write",
    body: requeueAllBody,
    responses: { 200: requeuedView },
    handle: async ({ body: { filter, reason }, user }) =>
      ok(await letters.requeueAll(filter, { id: user.id, reason })),
  }),
  requeueRoute(root, letters, db),
  discardRoute(root, letters, db),
];

type Of = Parameters<typeof treatments>;

const requeueRoute = (...[root, letters, db]: Of): Route =>
  post(`${root}/dead-letters/:id/requeue`, {
    summary: "Handle the message again, and what waits behind it",
    access: "sagas.write",
    params: letterParams,
    body: requeueBody,
    responses: { 200: requeuedView },
    refusals: ["not-found", "not-first"],
    idempotency: "accepted",
    handle: async ({
      params: { id },
      body: { reason, acceptGap },
      ...request
    }) => {
      const takeUp = takingUp(
        db,
        request,
        `POST ${root}/dead-letters/${id}/requeue`,
      );
      const operator = { id: request.user.id, reason };
      return ok(await letters.requeue(id, operator, { acceptGap, takeUp }));
    },
  });

const discardRoute = (...[root, letters, db]: Of): Route =>
  post(`${root}/dead-letters/:id/discard`, {
    summary:
      "Give the message up for good, and go on with what waits behind it",
    access: "sagas.write",
    params: letterParams,
    body: discardBody,
    responses: { 200: requeuedView },
    refusals: ["not-found", "not-first"],
    idempotency: "accepted",
    handle: async ({ params: { id }, body: { reason }, ...request }) => {
      const takeUp = takingUp(
        db,
        request,
        `POST ${root}/dead-letters/${id}/discard`,
      );
      const operator = { id: request.user.id, reason };
      return ok(await letters.discard(id, operator, { takeUp }));
    },
  });

/** The queue is kept under the request's key: asked again it goes on with what is left of it. */
const takingUp =
  (
    db: Transacting,
    request: Parameters<typeof onceOf>[0],
    what: string,
  ): TakeUp =>
  async (work) => {
    const taken = await once(db, onceOf(request, what), async (tx) =>
      ok(await work(tx)),
    );
    return queueShape.parse(taken.body);
  };

const queueShape = z.object({
  consumer: z.string(),
  key: z.string(),
  first: z.int(),
});
