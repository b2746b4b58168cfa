import { Refusal } from "@cartwright/kernel/refusal";
import type { KnownUser, Role } from "./user.ts";

/** The user's roles with one more. */
export function withRole({ roles }: KnownUser, role: Role): readonly Role[] {
  if (roles.includes(role))
    throw new Refusal("role-held", `The user has the role ${role} already.`);
  return [...roles, role];
}

/**
 * The user's roles without one of them.
 * @param operators everybody with the operator's role
 */
export function withoutRole(
  { id, roles }: KnownUser,
  role: Role,
  operators: readonly KnownUser[],
): readonly Role[] {
  if (!roles.includes(role))
    throw new Refusal("role-not-held", `The user has no role ${role}.`);
  if (role === "operator" && operators.every((one) => one.id === id))
    throw new Refusal(
      "last-operator",
      "The shop would have no operator any more: make somebody else one first.",
    );
  return roles.filter((one) => one !== role);
}

/** Refuses whoever was an operator when the token was made, and is none any more. */
export function refuseFormer(
  actor: string,
  operators: readonly KnownUser[],
): void {
  if (operators.some(({ id }) => id === actor)) return;
  throw new Refusal("forbidden", "You are no operator any more.");
}
