import {
  scopesOf,
  type Principal,
  type Role,
} from "@cartwright/auth/principal";
import type { TokenVerifier } from "@cartwright/auth/verifier";
import { Refusal } from "@cartwright/kernel/refusal";
import { silentLogger } from "@cartwright/observability/logger";
import { createApp, type AppOptions } from "../src/app.ts";

const principal = (id: string, role: Role): Principal => ({
  id,
  roles: [role],
  scopes: new Set(scopesOf([role])),
});

/** Tokens by name, in place of signed ones. */
export const namedTokens: TokenVerifier = {
  verify: (token) => {
    switch (token) {
      case "ann":
        return Promise.resolve(principal("ann", "customer"));
      case "operator":
        return Promise.resolve(principal("root", "operator"));
      default:
        return Promise.reject(new Refusal("token-invalid", "Unknown token."));
    }
  },
};

export const testApp = (
  options: Partial<AppOptions> & Pick<AppOptions, "routes">,
) =>
  createApp({
    name: "test",
    tokens: namedTokens,
    logger: silentLogger,
    ...options,
  });
