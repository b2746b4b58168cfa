import { newId, type UserId } from "@cartwright/kernel/ids";

/** Those that people have. */
export const userRoles = ["customer", "staff", "operator"] as const;
export type Role = (typeof userRoles)[number];

export type User = {
  readonly id: UserId;
  readonly email: string;
  readonly name: string;
  readonly passwordHash: string;
  readonly roles: readonly Role[];
  readonly createdAt: Date;
};

/** As everybody may know the user. */
export type KnownUser = Omit<User, "passwordHash">;

export type Registration = {
  readonly email: string;
  readonly name: string;
  readonly passwordHash: string;
};

/** Whoever registers is a customer: nobody is given another role by asking. */
export const register = (registration: Registration, now: Date): User => ({
  id: newId<"user">(),
  email: canonicalEmail(registration.email),
  name: registration.name,
  passwordHash: registration.passwordHash,
  roles: ["customer"],
  createdAt: now,
});

/** The one spelling under which an address is stored and looked up. */
export const canonicalEmail = (email: string): string =>
  email.trim().toLowerCase();
