import type { Cause } from "@cartwright/contracts/message";
import {
  passwordChanged,
  userRegistered,
} from "@cartwright/contracts/identity";
import { idShape } from "@cartwright/contracts/shapes";
import type { UserId } from "@cartwright/kernel/ids";
import { Refusal } from "@cartwright/kernel/refusal";
import type { Outbox } from "@cartwright/messaging/outbox";
import type { Role, User } from "../domain/user.ts";
import type { User as UserRow } from "./generated/client.ts";
import type { IdentityDb, IdentityTx } from "./identity-db.ts";

export type UserStore = {
  /** Refused with `email-taken` when somebody has the address. */
  add(user: User, cause: Cause): Promise<void>;
  findByEmail(email: string): Promise<User | undefined>;
  /** Refused with `not-found`; services have ids too, but no rows. */
  get(id: string): Promise<User>;
  findMany(ids: readonly string[]): Promise<readonly User[]>;
  /** Ends all sessions of the user too. */
  changePassword(change: PasswordChange, cause: Cause): Promise<void>;
  list(page: UserPage): Promise<readonly User[]>;
};

export type PasswordChange = {
  readonly userId: string;
  readonly passwordHash: string;
  readonly at: Date;
};

export type UserPage = {
  readonly after: string | undefined;
  readonly limit: number;
};

export const userStore = (db: IdentityDb, outbox: Outbox): UserStore => ({
  add: (user, cause) =>
    db.transaction((tx) => insert(tx, outbox, user, cause)).catch(emailTaken),

  async findByEmail(email) {
    const prisma = await db.prisma();
    const row = await prisma.user.findUnique({ where: { email } });
    return row ? userOf(row) : undefined;
  },

  async get(id) {
    const prisma = await db.prisma();
    const row = idShape.safeParse(id).success
      ? await prisma.user.findUnique({ where: { id } })
      : null;
    if (!row) throw new Refusal("not-found", "There is no such user.");
    return userOf(row);
  },

  async findMany(ids) {
    const prisma = await db.prisma();
    const rows = await prisma.user.findMany({
      where: { id: { in: [...ids] } },
    });
    return rows.map(userOf);
  },

  changePassword: (change, cause) =>
    db.transaction((tx) => savePassword(tx, outbox, change, cause)),

  async list({ after, limit }) {
    const prisma = await db.prisma();
    const rows = await prisma.user.findMany({
      ...(after !== undefined && { where: { id: { gt: after } } }),
      orderBy: { id: "asc" },
      take: limit,
    });
    return rows.map(userOf);
  },
});

async function insert(
  tx: IdentityTx,
  outbox: Outbox,
  user: User,
  cause: Cause,
): Promise<void> {
  await tx.prisma.user.create({ data: rowOf(user) });
  outbox.append(tx, [{ draft: registrationOf(user), sequence: 1, cause }]);
}

async function savePassword(
  tx: IdentityTx,
  outbox: Outbox,
  { userId, passwordHash, at }: PasswordChange,
  cause: Cause,
): Promise<void> {
  const { eventSequence } = await tx.prisma.user.update({
    where: { id: userId },
    data: { passwordHash, eventSequence: { increment: 1 } },
  });
  await tx.prisma.session.updateMany({
    where: { userId, revokedAt: null },
    data: { revokedAt: at, revokedReason: "password-changed" },
  });
  const draft = passwordChanged({ userId, changedAt: at.toISOString() });
  outbox.append(tx, [{ draft, sequence: eventSequence, cause }]);
}

const rowOf = (user: User): UserRow => ({
  id: user.id,
  email: user.email,
  name: user.name,
  passwordHash: user.passwordHash,
  roles: [...user.roles],
  eventSequence: 1,
  createdAt: user.createdAt,
});

export const userOf = (row: UserRow): User => ({
  id: row.id as UserId,
  email: row.email,
  name: row.name,
  passwordHash: row.passwordHash,
  roles: row.roles as Role[],
  createdAt: row.createdAt,
});

/** Neither name nor address: events are kept by services that have no business with them. */
const registrationOf = (user: User) =>
  userRegistered({
    userId: user.id,
    roles: [...user.roles],
    registeredAt: user.createdAt.toISOString(),
  });

function emailTaken(error: unknown): never {
  if ((error as { code?: unknown }).code !== "P2002") throw error;
  throw new Refusal("email-taken", "Somebody has registered this address.");
}
