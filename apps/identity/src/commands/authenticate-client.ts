import { createHash, timingSafeEqual } from "node:crypto";
import { scopesOf, type Scope } from "@cartwright/auth/principal";
import type { TokenSubject } from "@cartwright/auth/sign-token";
import { serviceNames } from "@cartwright/contracts/services";
import { Refusal } from "@cartwright/kernel/refusal";

export type ClientCredentials = {
  readonly clientId: string;
  readonly clientSecret: string;
  /** Those asked for; all that a service may have unless given. */
  readonly scopes: readonly string[] | undefined;
};

const clients: ReadonlySet<string> = new Set([...serviceNames, "gateway"]);
const allowed = scopesOf(["service"]);

/** A service of our own, by the secret they share, and what its token shall be good for. */
export const authenticateClient =
  (secret: string) =>
  (credentials: ClientCredentials): TokenSubject => {
    const known = clients.has(credentials.clientId);
    if (!same(credentials.clientSecret, secret) || !known) {
      throw new Refusal(
        "invalid-client",
        "The client is unknown or its secret is wrong.",
        { error: "invalid_client" },
      );
    }
    return {
      id: credentials.clientId,
      roles: ["service"],
      scopes: grantedOf(credentials.scopes),
    };
  };

function grantedOf(asked: readonly string[] | undefined): readonly Scope[] {
  if (!asked) return allowed;
  const granted = allowed.filter((scope) => asked.includes(scope));
  if (granted.length === asked.length) return granted;
  throw new Refusal(
    "invalid-scope",
    `A service may ask for ${allowed.join(" ")}.`,
    { error: "invalid_scope" },
  );
}

/** Hashed first, so that neither the length nor the place of a difference shows in the time it takes. */
const same = (a: string, b: string): boolean =>
  timingSafeEqual(digest(a), digest(b));

const digest = (text: string): Buffer =>
  createHash("sha256").update(text).digest();
