import { idParam } from "@cartwright/http/id-param";
import { noContent, ok } from "@cartwright/http/reply";
import { get, put, type Route } from "@cartwright/http/route";
import { z } from "zod";
import type { ChangePassword } from "../commands/change-password.ts";
import type { UserStore } from "../db/user-store.ts";
import {
  contactsReply,
  passwordBody,
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
    .pipe(z.array(idParam).min(1).max(mostContacts)),
});

const pageQuery = z.strictObject({
  cursor: idParam.optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
});

type UsersRoutes = {
  readonly users: UserStore;
  readonly changePassword: ChangePassword;
};

export const usersRoutes = (deps: UsersRoutes): readonly Route[] => [
  meRoute(deps),
  passwordRoute(deps),
  contactsRoute(deps),
  usersRoute(deps),
];

const meRoute = ({ users }: UsersRoutes) =>
  get("/api/v1/users/me", {
    summary: "Who I am",
    access: "signed-in",
    responses: { 200: userReply },
    refusals: ["not-found"],
    handle: async ({ user }) => ok(presentUser(await users.get(user.id))),
  });

const passwordRoute = ({ changePassword }: UsersRoutes) =>
  put("/api/v1/users/me/password", {
    summary: "Change my password, which ends all my sessions",
    access: "signed-in",
    body: passwordBody,
    responses: { 204: z.undefined() },
    refusals: ["not-found", "wrong-password", "service-unavailable"],
    handle: async ({ user, body, cause }) => {
      await changePassword({ userId: user.id, ...body }, cause);
      return noContent();
    },
  });

const contactsRoute = ({ users }: UsersRoutes) =>
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

const usersRoute = ({ users }: UsersRoutes) =>
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
