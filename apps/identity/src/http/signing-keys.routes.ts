import { timeShape } from "@cartwright/contracts/shapes";
import type { Transact } from "@cartwright/database/tx";
import { once, onceOf } from "@cartwright/http/idempotency";
import { operatorReason } from "@cartwright/http/operator-reason";
import { ok, type Reply } from "@cartwright/http/reply";
import { get, post, type Route } from "@cartwright/http/route";
import { z } from "zod";
import type { RotateKeys } from "../commands/rotate-keys.ts";
import type { KnownKey } from "../domain/rotation.ts";

const root = "/api/v1/operations/identity/signing-keys";

const keysReply = z.object({
  items: z.array(
    z.object({
      kid: z.string(),
      status: z.enum(["next", "active", "retired"]),
      since: timeShape.describe("When it was made, or signed last."),
      waitsUntil: timeShape
        .optional()
        .describe("When the next one may sign, or a retired one be removed."),
    }),
  ),
});

const timelyBody = z.strictObject({
  reason: operatorReason,
  atOnce: z
    .boolean()
    .default(false)
    .describe("Without the wait: for a key that was stolen."),
});

type Keys = {
  readonly db: { readonly transaction: Transact };
  readonly keys: RotateKeys;
};

/** What operators see of the keys that tokens are signed with, and how they change them. */
export const signingKeysRoutes = ({ db, keys }: Keys): readonly Route[] => [
  get(root, {
    summary: "The keys that tokens are signed with, without the keys",
    access: "sagas.read",
    responses: { 200: keysReply },
    handle: async () => replyOf(await keys.list(), keys.wait),
  }),
  post(root, {
    summary: "Make a key that is published and does not sign yet",
    access: "sagas.write",
    body: z.strictObject({ reason: operatorReason }),
    responses: { 200: keysReply },
    refusals: ["next-key-waits"],
    idempotency: "accepted",
    handle: ({ body: { reason }, ...request }) =>
      once(db, onceOf(request, `POST ${root}`), async (tx) => {
        const operator = { id: request.user.id, reason };
        return replyOf(await keys.prepare(tx, operator), keys.wait);
      }),
  }),
  timelyRoute({ db, keys }, "activation", {
    summary: "Let the next key sign; the one before is still believed",
    refusals: ["no-next-key", "too-early"],
    change: keys.activate,
  }),
  timelyRoute({ db, keys }, "removal", {
    summary: "Remove the keys that do not sign any more",
    refusals: ["no-retired-key", "too-early"],
    change: keys.remove,
  }),
];

const timelyRoute = (
  { db, keys }: Keys,
  noun: string,
  options: {
    readonly summary: string;
    readonly refusals: readonly string[];
    readonly change: RotateKeys["activate"];
  },
): Route =>
  post(`${root}/${noun}`, {
    summary: options.summary,
    access: "sagas.write",
    body: timelyBody,
    responses: { 200: keysReply },
    refusals: options.refusals,
    idempotency: "accepted",
    handle: ({ body: { reason, atOnce }, ...request }) =>
      once(db, onceOf(request, `POST ${root}/${noun}`), async (tx) => {
        const operator = { id: request.user.id, reason };
        const all = await options.change(tx, operator, { atOnce });
        return replyOf(all, keys.wait);
      }),
  });

const replyOf = (all: readonly KnownKey[], wait: number): Reply =>
  ok({ items: all.map(({ age: _, ...key }) => view(key, wait)) });

const view = ({ since, ...key }: Omit<KnownKey, "age">, wait: number) => ({
  ...key,
  since: since.toISOString(),
  ...(key.status !== "active" && {
    waitsUntil: new Date(since.getTime() + wait).toISOString(),
  }),
});
