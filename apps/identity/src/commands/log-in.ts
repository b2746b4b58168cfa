import type { Cause } from "@cartwright/contracts/message";
import type { Clock } from "@cartwright/kernel/clock";
import { Refusal } from "@cartwright/kernel/refusal";
import type { LoggedIn, SessionStore } from "../db/session-store.ts";
import type { UserStore } from "../db/user-store.ts";
import { canonicalEmail } from "../domain/user.ts";
import type { Passwords } from "../passwords/passwords.ts";

export type LogIn = (
  credentials: { readonly email: string; readonly password: string },
  cause: Cause,
) => Promise<LoggedIn>;

/** One answer, after the same time, whether the address or the password is wrong. */
export const logIn =
  (deps: {
    readonly users: UserStore;
    readonly sessions: SessionStore;
    readonly passwords: Passwords;
    readonly clock: Clock;
  }): LogIn =>
  async ({ email, password }, cause) => {
    const user = await deps.users.findByEmail(canonicalEmail(email));
    const matches = await deps.passwords.match(password, user?.passwordHash);
    if (!user || !matches) {
      throw new Refusal(
        "invalid-credentials",
        "The e-mail address or the password is wrong.",
      );
    }
    return deps.sessions.open(user, deps.clock.now(), cause);
  };
