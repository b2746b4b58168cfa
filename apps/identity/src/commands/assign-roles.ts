import type { Database } from "@cartwright/database/open-database";
import { Refusal } from "@cartwright/kernel/refusal";
import {
  recordAction,
  type Operator,
} from "@cartwright/messaging/operator-actions";
import { endSessions, lockWithOperators, saveRoles } from "../db/role-store.ts";
import { refuseFormer, withoutRole, withRole } from "../domain/roles.ts";
import { canonicalEmail, type KnownUser, type Role } from "../domain/user.ts";

type Assignment = { readonly email: string; readonly role: Role };
/** Answers the user as changed. */
type Assign = (
  operator: Operator,
  assignment: Assignment,
) => Promise<KnownUser>;

export type AssignRoles = {
  /** Counts from the user's next token. */
  readonly grant: Assign;
  /** Ends all sessions of the user too. */
  readonly revoke: Assign;
};

export function assignRoles(db: Database): AssignRoles {
  const change = changeIn(db);
  return {
    grant: (operator, { email, role }) =>
      change("grant", operator, email, (user, operators) => {
        refuseFormer(operator.id, operators);
        return withRole(user, role);
      }),
    revoke: (operator, { email, role }) =>
      change("revoke", operator, email, (user, operators) => {
        refuseFormer(operator.id, operators);
        return withoutRole(user, role, operators);
      }),
  };
}

/** By whoever has the key to the database, since nobody is an operator yet, or none can log in any more. */
export const makeOperator = (
  db: Database,
  { email, reason }: { readonly email: string; readonly reason: string },
): Promise<KnownUser> =>
  changeIn(db)("grant", { id: "administrator", reason }, email, (user) =>
    withRole(user, "operator"),
  );

type Decide = (
  user: KnownUser,
  operators: readonly KnownUser[],
) => readonly Role[];

/** One change at a time of whoever is an operator or becomes one, kept with who made it and why. */
const changeIn =
  (db: Database) =>
  (
    step: "grant" | "revoke",
    operator: Operator,
    email: string,
    decide: Decide,
  ): Promise<KnownUser> =>
    db.transaction(async (tx) => {
      const { user, operators } = await lockWithOperators(
        tx,
        canonicalEmail(email),
      );
      if (!user)
        throw new Refusal("not-found", `Nobody has registered ${email}.`);
      const roles = decide(user, operators);
      await saveRoles(tx, user.id, roles);
      if (step === "revoke") await endSessions(tx, user.id, "role-revoked");
      await recordAction(tx, {
        ...{ operator, action: `roles.${step}`, target: user.id },
        ...{ before: { roles: user.roles }, after: { roles } },
      });
      return { ...user, roles };
    });
