import { isStaff, type Principal } from "@cartwright/auth/principal";
import type { Reader } from "../queries/get-order.ts";

export const readerOf = (user: Principal): Reader => ({
  customerId: isStaff(user) ? null : user.id,
});
