import type { Cause } from "@cartwright/contracts/message";
import type { Clock } from "@cartwright/kernel/clock";
import { Refusal } from "@cartwright/kernel/refusal";
import type { UserStore } from "../db/user-store.ts";
import type { Passwords } from "../passwords/passwords.ts";

export type ChangePassword = (
  request: {
    readonly userId: string;
    readonly currentPassword: string;
    readonly newPassword: string;
  },
  cause: Cause,
) => Promise<void>;

/** Asks for the current password, since a token alone may be stolen. */
export const changePassword =
  (deps: {
    readonly users: UserStore;
    readonly passwords: Passwords;
    readonly clock: Clock;
  }): ChangePassword =>
  async ({ userId, currentPassword, newPassword }, cause) => {
    const user = await deps.users.get(userId);
    if (!(await deps.passwords.match(currentPassword, user.passwordHash))) {
      throw new Refusal("wrong-password", "The current password is wrong.");
    }
    const passwordHash = await deps.passwords.hash(newPassword);
    const at = deps.clock.now();
    await deps.users.changePassword({ userId, passwordHash, at }, cause);
  };
