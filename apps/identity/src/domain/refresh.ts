import { days, seconds } from "@cartwright/kernel/duration";

/** How long a log-in lasts, however often it is refreshed. */
export const sessionLifetime = days(30);
/** An answer that got lost on its way is asked for again within this time; later it is a theft. */
export const repeatWindow = seconds(10);

/** A log-in, as far as refreshing it goes: its tokens are numbered 1, 2, 3 … */
export type Session = {
  readonly latestGeneration: number;
  readonly expiresAt: Date;
  readonly revokedAt: Date | undefined;
};

export type PresentedToken = {
  readonly generation: number;
  readonly usedAt: Date | undefined;
};

/**
 * `rotate`: hand out the next token. `repeat`: hand out the same successor again. `revoke`: somebody
 * has a copy, end the session. `refuse`: the session is over.
 */
export type RefreshDecision = "rotate" | "repeat" | "revoke" | "refuse";

export function decideRefresh(
  session: Session,
  token: PresentedToken,
  now: Date,
): RefreshDecision {
  if (session.revokedAt !== undefined || session.expiresAt <= now) {
    return "refuse";
  }
  if (token.usedAt === undefined) return "rotate";
  const precedes = token.generation === session.latestGeneration - 1;
  const age = now.getTime() - token.usedAt.getTime();
  return precedes && age <= repeatWindow ? "repeat" : "revoke";
}
