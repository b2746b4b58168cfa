import { derivedId, newId } from "@cartwright/kernel/ids";
import type { Platform } from "@cartwright/service/service";
import { identityDb } from "./db/identity-db.ts";
import { userStore } from "./db/user-store.ts";
import type { Role } from "./domain/user.ts";
import { argon2Passwords } from "./passwords/passwords.ts";

/** Everybody's in the demo shop. */
export const demoPassword = "demo-password";

export const demoUsers: readonly {
  readonly email: string;
  readonly name: string;
  readonly roles: readonly Role[];
}[] = [
  {
    email: "demo@cartwright.example",
    name: "Dana Demo",
    roles: ["customer"],
  },
  { email: "staff@cartwright.example", name: "Sam Staff", roles: ["staff"] },
  {
    email: "operator@cartwright.example",
    name: "Olga Operator",
    roles: ["operator"],
  },
];

/** Registers the demo users who are missing; a second start finds them all and does nothing. */
export async function seedDemoShop(
  platform: Pick<Platform, "db" | "outbox" | "clock">,
): Promise<void> {
  const { db, outbox, clock } = platform;
  const known = await db.query<{ email: string }>(
    "SELECT email FROM users WHERE email = ANY ($1)",
    [demoUsers.map(({ email }) => email)],
  );
  const missing = demoUsers.filter(
    (user) => !known.some(({ email }) => email === user.email),
  );
  if (missing.length === 0) return;
  const users = userStore(identityDb(db), outbox);
  const passwordHash = await argon2Passwords().hash(demoPassword);
  for (const user of missing) {
    const id = derivedId<"user">("demo-user", user.email);
    const cause = { correlationId: newId() };
    await users.add(
      { id, ...user, passwordHash, createdAt: clock.now() },
      cause,
    );
  }
}
