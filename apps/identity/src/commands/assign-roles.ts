import type { Database } from "@cartwright/database/open-database";
import type { Tx } from "@cartwright/database/tx";
import { Refusal } from "@cartwright/kernel/refusal";
import {
  recordAction,
  type Operator,
} from "@cartwright/messaging/operator-actions";
import { endSessions, lockWithOperators, saveRoles } from "../db/role-store.ts";
import { refuseFormer, withoutRole, withRole } from "../domain/roles.ts";
import { canonicalEmail, type KnownUser, type Role } from "../domain/user.ts";

type Assignment = { readonly email: string; readonly role: Role };
/** In a transaction of the caller's: made again it is refused, so run it `once`. Answers the user as changed. */
type Assign = (
  tx: Tx,
  operator: Operator,
  assignment: Assignment,
) => Promise<KnownUser>;

export type AssignRoles = {
  /** Counts from the user's next token. */
  readonly grant: Assign;
  /** Ends all sessions of the user too. */
  readonly revoke: Assign;
};

export const assignRoles: AssignRoles = {
  grant: (tx, operator, { email, role }) =>
    change(tx, "grant", { operator, email }, (user, operators) => {
      refuseFormer(operator.id, operators);
      return withRole(user, role);
    }),
  revoke: (tx, operator, { email, role }) =>
    change(tx, "revoke", { operator, email }, (user, operators) => {
      refuseFormer(operator.id, operators);
      return withoutRole(user, role, operators);
    }),
};

/** By whoever has the key to the database, since nobody is an operator yet, or none can log in any more. */
export const makeOperator = (
  db: Database,
  { email, reason }: { readonly email: string; readonly reason: string },
): Promise<KnownUser> => {
  const operator = { id: "administrator", reason };
  return db.transaction((tx) =>
    change(tx, "grant", { operator, email }, (user) =>
      withRole(user, "operator"),
    ),
  );
};

type Decide = (
  user: KnownUser,
  operators: readonly KnownUser[],
) => readonly Role[];

/** One change at a time of whoever is an operator or becomes one, kept with who made it and why. */
async function change(
  tx: Tx,
  step: "grant" | "revoke",
  { operator, email }: { readonly operator: Operator; readonly email: string },
  decide: Decide,
): Promise<KnownUser> {
  const { user, operators } = await lockWithOperators(
    tx,
    canonicalEmail(email),
  );
  if (!user) throw new Refusal("not-found", `Nobody has registered ${email}.`);
  const roles = decide(user, operators);
  await saveRoles(tx, user.id, roles);
  if (step === "revoke") await endSessions(tx, user.id, "role-revoked");
  recordAction(tx, {
    ...{ operator, action: `roles.${step}`, target: user.id },
    ...{ before: { roles: user.roles }, after: { roles } },
  });
  return { ...user, roles };
}
