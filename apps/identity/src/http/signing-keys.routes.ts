import { timeShape } from "@cartwright/contracts/shapes";
import { operatorReason } from "@cartwright/http/operator-reason";
import { ok } from "@cartwright/http/reply";
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

/** What operators see of the keys that tokens are signed with, and how they change them. */
export const signingKeysRoutes = (keys: RotateKeys): readonly Route[] => {
  const reply = (all: readonly KnownKey[]) =>
    ok({ items: all.map(({ age: _, ...key }) => view(key, keys.wait)) });
  return [
    get(root, {
      summary: "The keys that tokens are signed with, without the keys",
      access: "sagas.read",
      responses: { 200: keysReply },
      handle: async () => reply(await keys.list()),
    }),
    post(root, {
      summary: "Make a key that is published and does not sign yet",
      access: "sagas.write",
      body: z.strictObject({ reason: operatorReason }),
      responses: { 200: keysReply },
      refusals: ["next-key-waits"],
      handle: async ({ body: { reason }, user }) =>
        reply(await keys.prepare({ id: user.id, reason })),
    }),
    post(`${root}/activation`, {
      summary: "Let the next key sign; the one before is still believed",
      access: "sagas.write",
      body: timelyBody,
      responses: { 200: keysReply },
      refusals: ["no-next-key", "too-early"],
      handle: async ({ body: { reason, atOnce }, user }) =>
        reply(await keys.activate({ id: user.id, reason }, { atOnce })),
    }),
    post(`${root}/removal`, {
      summary: "Remove the keys that do not sign any more",
      access: "sagas.write",
      body: timelyBody,
      responses: { 200: keysReply },
      refusals: ["no-retired-key", "too-early"],
      handle: async ({ body: { reason, atOnce }, user }) =>
        reply(await keys.remove({ id: user.id, reason }, { atOnce })),
    }),
  ];
};

const view = ({ since, ...key }: Omit<KnownKey, "age">, wait: number) => ({
  ...key,
  since: since.toISOString(),
  ...(key.status !== "active" && {
    waitsUntil: new Date(since.getTime() + wait).toISOString(),
  }),
});
