import { isStaff, type Principal } from "@cartwright/auth/principal";
import { Refusal } from "@cartwright/kernel/refusal";
import type { Reader } from "../queries/get-order.ts";

/** Whose orders the user may see; of one customer, where somebody asks for them. */
export function readerOf(user: Principal, customerId?: string): Reader {
  if (isStaff(user)) return { customerId: customerId ?? null };
  if (customerId !== undefined && customerId !== user.id)
    throw new Refusal("forbidden", "You can only see your own orders.");
  return { customerId: user.id };
}
