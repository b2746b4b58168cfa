import type { Principal } from "./principal.ts";

type Verified = { readonly principal: Principal; readonly expiresAt: number };

type VerifiedTokensOptions = {
  readonly capacity: number;
  readonly now: () => number;
};

/** Remembers tokens that were verified, until they expire; the least recently used goes first. */
export function verifiedTokens({ capacity, now }: VerifiedTokensOptions) {
  const entries = new Map<string, Verified>();
  return {
    get: (token: string): Principal | undefined => {
      const entry = entries.get(token);
      if (!entry) return undefined;
      entries.delete(token);
      if (entry.expiresAt <= now()) return undefined;
      entries.set(token, entry);
      return entry.principal;
    },
    add: (token: string, principal: Principal, expiresAt: number): void => {
      entries.set(token, { principal, expiresAt });
      if (entries.size <= capacity) return;
      const [oldest] = entries.keys();
      if (oldest !== undefined) entries.delete(oldest);
    },
  };
}
