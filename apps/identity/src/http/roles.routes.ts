import { operatorReason } from "@cartwright/http/operator-reason";
import { ok } from "@cartwright/http/reply";
import { get, post, type Route } from "@cartwright/http/route";
import { Refusal } from "@cartwright/kernel/refusal";
import { z } from "zod";
import type { AssignRoles } from "../commands/assign-roles.ts";
import type { UserStore } from "../db/user-store.ts";
import { canonicalEmail, userRoles } from "../domain/user.ts";
import { knownEmail, presentUser, userReply } from "./schemas.ts";

const root = "/api/v1/operations/identity/roles";

const assignmentBody = z.strictObject({
  email: knownEmail,
  role: z.enum(userRoles),
  reason: operatorReason,
});

type RolesRoutes = {
  readonly users: Pick<UserStore, "findByEmail">;
  readonly roles: AssignRoles;
};

/** How somebody who has registered becomes staff or an operator, and ceases to be. */
export const rolesRoutes = ({
  users,
  roles,
}: RolesRoutes): readonly Route[] => [
  get(root, {
    summary: "Who has registered an address, and with which roles",
    access: "users.read",
    query: z.strictObject({ email: knownEmail }),
    responses: { 200: userReply },
    refusals: ["not-found"],
    handle: async ({ query: { email } }) => {
      const user = await users.findByEmail(canonicalEmail(email));
      if (user) return ok(presentUser(user));
      throw new Refusal("not-found", `Nobody has registered ${email}.`);
    },
  }),
  post(root, {
    summary: "Give a user a role, from the next token on",
    access: "users.write",
    body: assignmentBody,
    responses: { 200: userReply },
    refusals: ["not-found", "role-held"],
    handle: async ({ body: { reason, ...assignment }, user: { id } }) =>
      ok(presentUser(await roles.grant({ id, reason }, assignment))),
  }),
  post(`${root}/removal`, {
    summary: "Take a role from a user, which ends all the user's sessions",
    access: "users.write",
    body: assignmentBody,
    responses: { 200: userReply },
    refusals: ["not-found", "role-not-held", "last-operator"],
    handle: async ({ body: { reason, ...assignment }, user: { id } }) =>
      ok(presentUser(await roles.revoke({ id, reason }, assignment))),
  }),
];
