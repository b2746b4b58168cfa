import { ok } from "@cartwright/http/reply";
import { get, type Route } from "@cartwright/http/route";
import { Refusal } from "@cartwright/kernel/refusal";
import { z } from "zod";
import type { UserStore } from "../db/user-store.ts";
import {
  contactsReply,
  presentContact,
  presentUser,
  userPageReply,
  userReply,
} from "./schemas.ts";

const mostContacts = 100;

const contactsQuery = z.strictObject({
  /** Up to a hundred ids, separated by commas. */
  ids: z
    .string()
    .transform((ids) => ids.split(","))
    .pipe(z.array(z.guid()).min(1).max(mostContacts)),
});

const pageQuery = z.strictObject({
  cursor: z.guid().optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
});

export const usersRoutes = (users: UserStore): readonly Route[] => [
  meRoute(users),
  contactsRoute(users),
  usersRoute(users),
];

const meRoute = (users: UserStore) =>
  get("/api/v1/users/me", {
    summary: "Who I am",
    access: "public",
    responses: { 200: userReply },
    refusals: ["token-missing", "not-found"],
    handle: async ({ user: principal }) => {
      if (!principal) {
        throw new Refusal("token-missing", "This needs an access token.");
      }
      const isUser = z.guid().safeParse(principal.id).success;
      const user = isUser ? await users.findById(principal.id) : undefined;
      if (!user) throw new Refusal("not-found", "The token is not a user's.");
      return ok(presentUser(user));
    },
  });

const contactsRoute = (users: UserStore) =>
  get("/api/v1/users/contacts", {
    summary: "Names and addresses of users, for those who write to them",
    access: "contacts.read",
    query: contactsQuery,
    responses: { 200: contactsReply },
    handle: async ({ query }) => {
      const found = await users.findMany(query.ids);
      return ok({ items: found.map(presentContact) });
    },
  });

const usersRoute = (users: UserStore) =>
  get("/api/v1/users", {
    summary: "All users, by id",
    access: "users.read",
    query: pageQuery,
    responses: { 200: userPageReply },
    handle: async ({ query: { cursor, limit } }) => {
      const found = await users.list({ after: cursor, limit });
      const last = found.length === limit ? found.at(-1)?.id : undefined;
      return ok({
        items: found.map(presentUser),
        ...(last !== undefined && { nextCursor: last }),
      });
    },
  });
