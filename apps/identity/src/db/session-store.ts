import { userLoggedIn } from "@cartwright/contracts/identity";
import type { Cause } from "@cartwright/contracts/message";
import { newId } from "@cartwright/kernel/ids";
import { Refusal } from "@cartwright/kernel/refusal";
import type { Outbox } from "@cartwright/messaging/outbox";
import {
  decideRefresh,
  sessionLifetime,
  type RefreshDecision,
} from "../domain/refresh.ts";
import type { User } from "../domain/user.ts";
import {
  hashOf,
  newRefreshToken,
  newSessionSecret,
  successorOf,
} from "../tokens/refresh-token.ts";
import type { Prisma } from "./generated/client.ts";
import type { IdentityDb } from "./identity-db.ts";
import { userOf } from "./user-store.ts";

export type LoggedIn = { readonly user: User; readonly refreshToken: string };

export type SessionStore = {
  /** Begins a session; its first refresh token is told once. */
  open(user: User, now: Date, cause: Cause): Promise<LoggedIn>;
  /** Refused with `refresh-token-invalid`, or `refresh-token-reused` when the session had to be ended. */
  refresh(token: string, now: Date): Promise<LoggedIn>;
  /** Ends the session that the token belongs to, if any. */
  close(token: string, now: Date): Promise<void>;
};

export const sessionStore = (db: IdentityDb, outbox: Outbox): SessionStore => ({
  open: (user, now, cause) =>
    db.transaction(async (tx) => {
      const { prisma } = tx;
      const refreshToken = newRefreshToken();
      const { eventSequence } = await prisma.user.update({
        where: { id: user.id },
        data: { eventSequence: { increment: 1 } },
      });
      await forgetEndedSessions(prisma, user, now);
      await insertSession(prisma, user, refreshToken, now);
      const loggedInAt = now.toISOString();
      const draft = userLoggedIn({ userId: user.id, loggedInAt });
      outbox.append(tx, [{ draft, sequence: eventSequence, cause }]);
      return { user, refreshToken };
    }),

  async refresh(token, now) {
    const outcome = await db.transaction(({ prisma }) =>
      refreshLocked(prisma, token, now),
    );
    // Only after the commit: a session that was ended must stay ended.
    if (outcome instanceof Refusal) throw outcome;
    return outcome;
  },

  async close(token, now) {
    const prisma = await db.prisma();
    await prisma.session.updateMany({
      where: {
        revokedAt: null,
        refreshTokens: { some: { hash: hashOf(token) } },
      },
      data: { revokedAt: now, revokedReason: "logged-out" },
    });
  },
});

async function insertSession(
  prisma: Prisma.TransactionClient,
  user: User,
  refreshToken: string,
  now: Date,
): Promise<void> {
  await prisma.session.create({
    data: {
      id: newId(),
      userId: user.id,
      secret: newSessionSecret(),
      createdAt: now,
      expiresAt: new Date(now.getTime() + sessionLifetime),
      generation: 1,
      refreshTokens: { create: { hash: hashOf(refreshToken), generation: 1 } },
    },
  });
}

const forgetEndedSessions = (
  prisma: Prisma.TransactionClient,
  user: User,
  now: Date,
) =>
  prisma.session.deleteMany({
    where: { userId: user.id, expiresAt: { lte: now } },
  });

async function refreshLocked(
  prisma: Prisma.TransactionClient,
  token: string,
  now: Date,
): Promise<LoggedIn | Refusal> {
  const found = await lockedToken(prisma, token);
  if (!found) return refusalOf("refuse");
  const { session, ...presented } = found;
  const decision = decideRefresh(
    {
      latestGeneration: session.generation,
      expiresAt: session.expiresAt,
      revokedAt: session.revokedAt ?? undefined,
    },
    { ...presented, usedAt: presented.usedAt ?? undefined },
    now,
  );
  const refreshToken = successorOf(token, session.secret);
  if (decision === "rotate") await rotate(prisma, found, refreshToken, now);
  if (decision === "revoke") await revoke(prisma, session.id, now);
  return decision === "rotate" || decision === "repeat"
    ? { user: userOf(session.user), refreshToken }
    : refusalOf(decision);
}

/** The token as it is once its session is locked, so that of two refreshes the second sees the first. */
async function lockedToken(prisma: Prisma.TransactionClient, token: string) {
  const hash = hashOf(token);
  await prisma.$queryRaw`SELECT 1 FROM sessions
    JOIN refresh_tokens ON refresh_tokens.session_id = sessions.id
    WHERE refresh_tokens.hash = ${hash} FOR UPDATE OF sessions`;
  return prisma.refreshToken.findUnique({
    where: { hash },
    include: { session: { include: { user: true } } },
  });
}

type LockedToken = NonNullable<Awaited<ReturnType<typeof lockedToken>>>;

async function rotate(
  prisma: Prisma.TransactionClient,
  { hash, generation, sessionId }: LockedToken,
  successor: string,
  now: Date,
): Promise<void> {
  await prisma.refreshToken.update({ where: { hash }, data: { usedAt: now } });
  await prisma.session.update({
    where: { id: sessionId },
    data: {
      generation: generation + 1,
      refreshTokens: {
        create: { hash: hashOf(successor), generation: generation + 1 },
      },
    },
  });
}

const revoke = (prisma: Prisma.TransactionClient, id: string, now: Date) =>
  prisma.session.update({
    where: { id },
    data: { revokedAt: now, revokedReason: "refresh-token-reused" },
  });

const refusalOf = (decision: Exclude<RefreshDecision, "rotate" | "repeat">) =>
  decision === "revoke"
    ? new Refusal(
        "refresh-token-reused",
        "This refresh token was used before; the session has been ended.",
      )
    : new Refusal(
        "refresh-token-invalid",
        "The session is over. Please log in again.",
      );
