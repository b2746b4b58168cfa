import type { Transact } from "@cartwright/database/tx";
import { once, onceOf } from "@cartwright/http/idempotency";
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
  readonly db: { readonly transaction: Transact };
  readonly users: Pick<UserStore, "findByEmail">;
  readonly roles: AssignRoles;
};

/** How somebody who has registered becomes staff or an operator, and ceases to be. */
export const rolesRoutes = ({
  db,
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
  changingRoute(db, root, {
    summary: "Give a user a role, from the next token on",
    refusals: ["not-found", "role-held"],
    change: roles.grant,
  }),
  changingRoute(db, `${root}/removal`, {
    summary: "Take a role from a user, which ends all the user's sessions",
    refusals: ["not-found", "role-not-held", "last-operator"],
    change: roles.revoke,
  }),
];

const changingRoute = (
  db: RolesRoutes["db"],
  path: string,
  options: {
    readonly summary: string;
    readonly refusals: readonly string[];
    readonly change: AssignRoles["grant"];
  },
): Route =>
  post(path, {
    summary: options.summary,
    access: "users.write",
    body: assignmentBody,
    responses: { 200: userReply },
    refusals: options.refusals,
    idempotency: "accepted",
    handle: ({ body: { reason, ...assignment }, ...request }) =>
      once(db, onceOf(request, `POST ${path}`), async (tx) => {
        const operator = { id: request.user.id, reason };
        return ok(presentUser(await options.change(tx, operator, assignment)));
      }),
  });
