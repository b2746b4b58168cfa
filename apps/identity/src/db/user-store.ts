import type { Cause } from "@cartwright/contracts/message";
import { userRegistered } from "@cartwright/contracts/identity";
import type { UserId } from "@cartwright/kernel/ids";
import { Refusal } from "@cartwright/kernel/refusal";
import type { Outbox } from "@cartwright/messaging/outbox";
import type { Role, User } from "../domain/user.ts";
import type { User as UserRow } from "./generated/client.ts";
import type { IdentityDb } from "./identity-db.ts";

export type UserStore = {
  /** Refused with `email-taken` when somebody has the address. */
  add(user: User, cause: Cause): Promise<void>;
  findByEmail(email: string): Promise<User | undefined>;
  findById(id: string): Promise<User | undefined>;
  findMany(ids: readonly string[]): Promise<readonly User[]>;
  list(page: UserPage): Promise<readonly User[]>;
};

export type UserPage = {
  readonly after: string | undefined;
  readonly limit: number;
};

export const userStore = (db: IdentityDb, outbox: Outbox): UserStore => ({
  add: (user, cause) =>
    db
      .transaction(async (tx) => {
        await tx.prisma.user.create({ data: rowOf(user) });
        await outbox.append(tx, [
          { draft: registrationOf(user), sequence: 1, cause },
        ]);
      })
      .catch(emailTaken),

  async findByEmail(email) {
    const prisma = await db.prisma();
    const row = await prisma.user.findUnique({ where: { email } });
    return row ? userOf(row) : undefined;
  },

  async findById(id) {
    const prisma = await db.prisma();
    const row = await prisma.user.findUnique({ where: { id } });
    return row ? userOf(row) : undefined;
  },

  async findMany(ids) {
    const prisma = await db.prisma();
    const rows = await prisma.user.findMany({
      where: { id: { in: [...ids] } },
    });
    return rows.map(userOf);
  },

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
