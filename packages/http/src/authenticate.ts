import type { Principal } from "@cartwright/auth/principal";
import type { TokenVerifier } from "@cartwright/auth/verifier";
import { Refusal } from "@cartwright/kernel/refusal";
import type { Access } from "./route.ts";

const BEARER = /^Bearer +([\w.~+/=-]+)$/i;

/** The caller by the `Authorization` header; undefined when there is none. */
export async function authenticate(
  authorization: string | undefined,
  tokens: TokenVerifier,
): Promise<Principal | undefined> {
  if (authorization === undefined) return undefined;
  const token = BEARER.exec(authorization)?.[1];
  if (!token) {
    throw new Refusal("token-invalid", "A bearer token is expected.");
  }
  return tokens.verify(token);
}

/** Refuses whoever may not: unknown callers 401, known ones without the scope 403. */
export function authorize(access: Access, user: Principal | undefined): void {
  if (access === "public") return;
  if (!user) {
    throw new Refusal("token-missing", "This needs an access token.");
  }
  if (access !== "signed-in" && !user.scopes.has(access)) {
    throw new Refusal("forbidden", `This needs the scope ${access}.`);
  }
}
