import type { Principal } from "./principal.ts";

/** Verifies access tokens (RS256, `typ: at+jwt`); rejects with a `Refusal` coded `token-expired` or `token-invalid`. */
export type TokenVerifier = {
  verify(token: string): Promise<Principal>;
};
