import {
  scopesOf,
  type Principal,
  type Role,
} from "@cartwright/auth/principal";
import { newId } from "@cartwright/kernel/ids";

const holding =
  (role: Role) =>
  (id: string = newId()): Principal => ({
    id,
    roles: [role],
    scopes: new Set(scopesOf([role])),
  });

/** Somebody with the scopes that the role brings. */
export const aCustomer = holding("customer");
export const aStaffMember = holding("staff");
export const anOperator = holding("operator");
/** A service, by its name. */
export const aService = holding("service");
