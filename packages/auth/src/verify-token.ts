import { Refusal } from "@cartwright/kernel/refusal";
import jwt from "jsonwebtoken";
import type { KeyObject } from "node:crypto";
import type { KeySet } from "./jwks.ts";
import { roles, scopes, type Principal } from "./principal.ts";
import { ACCESS_TOKEN_TYPE } from "./sign-token.ts";
import { verifiedTokens } from "./verified-tokens.ts";
import type { TokenVerifier } from "./verifier.ts";

const LONGEST_TOKEN = 4_096;

/** Headers that would let a token bring its own key, or ask for rules we do not know. */
const FORBIDDEN_HEADERS = ["jku", "jwk", "x5u", "x5c", "x5t", "crit", "b64"];

type TokenVerifierOptions = {
  readonly keys: KeySet;
  readonly issuer: string;
  readonly audience: string;
  readonly now?: () => number;
  /** How many verified tokens are remembered until they expire. */
  readonly remembered?: number;
};

export function tokenVerifier(options: TokenVerifierOptions): TokenVerifier {
  const { now = Date.now, remembered = 5_000 } = options;
  const known = verifiedTokens({ capacity: remembered, now });
  return {
    verify: async (token) => {
      const seen = known.get(token);
      if (seen) return seen;
      const key = await keyOf(token, options.keys);
      const claims = claimsOf(token, key, options, now());
      const principal = principalOf(claims);
      known.add(token, principal, claims.exp * 1_000);
      return principal;
    },
  };
}

/** Finds the key by the header, which nobody has vouched for yet: only `kid` is believed, and only as a name. */
async function keyOf(token: string, keys: KeySet): Promise<KeyObject> {
  if (token.length > LONGEST_TOKEN) throw invalid("it is too long");
  const header = headerOf(token);
  if (header["alg"] !== "RS256") throw invalid("its algorithm is not accepted");
  if (header["typ"] !== ACCESS_TOKEN_TYPE)
    throw invalid("it is no access token");
  if (FORBIDDEN_HEADERS.some((name) => name in header)) {
    throw invalid("its header is not accepted");
  }
  const { kid } = header;
  const key = typeof kid === "string" ? await keys.find(kid) : undefined;
  if (!key) throw invalid("its key is unknown");
  return key;
}

function headerOf(token: string): Readonly<Record<string, unknown>> {
  try {
    const end = token.indexOf(".");
    const text = Buffer.from(token.slice(0, end), "base64url").toString();
    const header: unknown = JSON.parse(text);
    if (typeof header === "object" && header !== null) return { ...header };
  } catch {
    // Falls through: what is no JSON is no token.
  }
  throw invalid("it is malformed");
}

type Claims = jwt.JwtPayload & { readonly sub: string; readonly exp: number };

function claimsOf(
  token: string,
  key: KeyObject,
  { issuer, audience }: TokenVerifierOptions,
  now: number,
): Claims {
  const claims = verified(token, key, {
    algorithms: ["RS256"],
    issuer,
    audience,
    clockTimestamp: Math.floor(now / 1_000),
  });
  if (typeof claims === "string") throw invalid("it carries no claims");
  const { sub, exp } = claims;
  if (typeof sub !== "string" || sub === "" || exp === undefined) {
    throw invalid("it lacks a claim");
  }
  return { ...claims, sub, exp };
}

function verified(token: string, key: KeyObject, options: jwt.VerifyOptions) {
  try {
    return jwt.verify(token, key, { ...options, complete: false });
  } catch (error) {
    if (error instanceof jwt.TokenExpiredError) {
      throw new Refusal("token-expired", "The access token has expired.");
    }
    throw invalid("its signature or claims do not hold");
  }
}

function principalOf(claims: Claims): Principal {
  const held: unknown = claims["roles"];
  const granted: unknown = claims["scope"];
  const words = new Set(typeof granted === "string" ? granted.split(" ") : []);
  return {
    id: claims.sub,
    roles: roles.filter((role) => Array.isArray(held) && held.includes(role)),
    scopes: new Set(scopes.filter((scope) => words.has(scope))),
  };
}

const invalid = (reason: string): Refusal =>
  new Refusal("token-invalid", `The access token is not accepted: ${reason}.`);
