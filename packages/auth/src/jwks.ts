import { minutes, seconds } from "@cartwright/kernel/duration";
import { Refusal } from "@cartwright/kernel/refusal";
import { createPublicKey, type JsonWebKey, type KeyObject } from "node:crypto";
import { toJwk, type SigningKey } from "./signing-key.ts";

/** A JSON Web Key Set (RFC 7517), as `/.well-known/jwks.json` answers it. */
export type Jwks = {
  readonly keys: readonly (JsonWebKey & { kid?: string })[];
};

/** The public keys that tokens may be signed with. */
export type KeySet = { find(kid: string): Promise<KeyObject | undefined> };

/** Publish a key so long before it signs: until then verifiers may not have seen it. */
export const KEYS_KEPT_FOR = minutes(10);
const COOLDOWN = seconds(30);
const FETCH_DEADLINE = seconds(5);

export const jwksOf = (keys: readonly SigningKey[]): Jwks => ({
  keys: keys.map((key) => ({
    ...toJwk(key),
    kid: key.kid,
    use: "sig",
    alg: "RS256",
  })),
});

/** The keys of a document at hand. */
export function localKeys(jwks: Jwks): KeySet {
  const keys = publicKeys(jwks);
  return { find: (kid) => Promise.resolve(keys.get(kid)) };
}

export const fetchJwks = (url: string) => async (): Promise<Jwks> => {
  const signal = AbortSignal.timeout(FETCH_DEADLINE);
  const response = await fetch(url, { signal, redirect: "error" });
  if (!response.ok) throw new Error(`${url} answered ${response.status}.`);
  return (await response.json()) as Jwks;
};

type RemoteKeysOptions = {
  /** For instance `fetchJwks(url)`. */
  readonly load: () => Promise<Jwks>;
  readonly now?: () => number;
};

/**
 * Keys that live elsewhere: kept ten minutes, asked for again at most every thirty seconds when a
 * token names an unknown one. Keys in hand go on being believed while their home does not answer.
 */
export function remoteKeys(options: RemoteKeysOptions): KeySet {
  const { load, now = Date.now } = options;
  let keys: ReadonlyMap<string, KeyObject> = new Map();
  let loadedAt = -Infinity;
  let askedAt = -Infinity;
  let asking: Promise<void> | undefined;

  const ask = async (): Promise<void> => {
    askedAt = now();
    try {
      keys = publicKeys(await load());
      loadedAt = now();
    } catch (error) {
      if (keys.size > 0) return;
      askedAt = -Infinity;
      throw new Refusal(
        "identity-unavailable",
        "The keys that tokens are checked with cannot be fetched.",
        {},
        { cause: error },
      );
    } finally {
      asking = undefined;
    }
  };
  const isDue = (kid: string): boolean =>
    now() - askedAt >= COOLDOWN &&
    (!keys.has(kid) || now() - loadedAt >= KEYS_KEPT_FOR);

  return {
    find: async (kid) => {
      if (asking && !keys.has(kid)) await asking;
      else if (isDue(kid)) await (asking ??= ask());
      return keys.get(kid);
    },
  };
}

function publicKeys({ keys }: Jwks): ReadonlyMap<string, KeyObject> {
  return new Map(
    keys
      .filter(({ kty, use = "sig" }) => kty === "RSA" && use === "sig")
      .flatMap((jwk) =>
        jwk.kid
          ? [[jwk.kid, createPublicKey({ key: jwk, format: "jwk" })] as const]
          : [],
      ),
  );
}
