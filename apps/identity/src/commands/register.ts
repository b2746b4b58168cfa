import type { Cause } from "@cartwright/contracts/message";
import type { Clock } from "@cartwright/kernel/clock";
import type { UserStore } from "../db/user-store.ts";
import { register as decide, type User } from "../domain/user.ts";
import type { Passwords } from "../passwords/passwords.ts";

export type Register = (
  request: {
    readonly email: string;
    readonly name: string;
    readonly password: string;
  },
  cause: Cause,
) => Promise<User>;

export const register =
  (deps: {
    readonly users: UserStore;
    readonly passwords: Passwords;
    readonly clock: Clock;
  }): Register =>
  async ({ email, name, password }, cause) => {
    const passwordHash = await deps.passwords.hash(password);
    const user = decide({ email, name, passwordHash }, deps.clock.now());
    await deps.users.add(user, cause);
    return user;
  };
