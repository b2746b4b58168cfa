import {
  tokenSigner,
  type AccessToken,
  type TokenSubject,
} from "@cartwright/auth/sign-token";
import type { KeyRing } from "./key-ring.ts";

export type AccessTokens = {
  issue(subject: TokenSubject): Promise<AccessToken>;
};

type AccessTokenOptions = {
  readonly keys: KeyRing;
  readonly issuer: string;
  readonly audience: string;
};

export const accessTokens = (options: AccessTokenOptions): AccessTokens => ({
  async issue(subject) {
    const { issuer, audience } = options;
    const key = await options.keys.active();
    return tokenSigner({ key, issuer, audience }).sign(subject);
  },
});
