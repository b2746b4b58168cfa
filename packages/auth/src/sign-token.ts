import { minutes, type Duration } from "@cartwright/kernel/duration";
import { newId } from "@cartwright/kernel/ids";
import jwt from "jsonwebtoken";
import { scopesOf, type Role, type Scope } from "./principal.ts";
import type { SigningKey } from "./signing-key.ts";

/** A stolen access token is good for this long at most. */
export const LONGEST_LIFETIME = minutes(10);

/** Access tokens carry this type (RFC 9068), so that no other kind of token passes for one. */
export const ACCESS_TOKEN_TYPE = "at+jwt";

export type TokenSubject = {
  readonly id: string;
  readonly roles: readonly Role[];
  /** Fewer than the roles allow; all of them unless given. */
  readonly scopes?: readonly Scope[];
};

export type AccessToken = {
  readonly token: string;
  readonly expiresIn: Duration;
};

export type TokenSigner = { sign(subject: TokenSubject): AccessToken };

type TokenSignerOptions = {
  readonly key: SigningKey;
  readonly issuer: string;
  readonly audience: string;
  readonly lifetime?: Duration;
};

/** Signs access tokens: RS256, because they are verified far more often than signed. */
export function tokenSigner(options: TokenSignerOptions): TokenSigner {
  const { key, issuer, audience, lifetime = LONGEST_LIFETIME } = options;
  if (lifetime > LONGEST_LIFETIME) {
    throw new RangeError(
      `An access token lives ${LONGEST_LIFETIME} ms at most.`,
    );
  }
  const sign = ({ id, roles, scopes = scopesOf(roles) }: TokenSubject) => ({
    token: jwt.sign({ roles, scope: scopes.join(" ") }, key.privateKey, {
      algorithm: "RS256",
      header: { alg: "RS256", typ: ACCESS_TOKEN_TYPE, kid: key.kid },
      issuer,
      audience,
      subject: id,
      jwtid: newId(),
      expiresIn: Math.floor(lifetime / 1_000),
    }),
    expiresIn: lifetime,
  });
  return { sign };
}
