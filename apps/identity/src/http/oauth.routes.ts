import type { TokenSubject } from "@cartwright/auth/sign-token";
import { jwksOf } from "@cartwright/auth/jwks";
import { scopes, scopesOf } from "@cartwright/auth/principal";
import { ok, type Reply } from "@cartwright/http/reply";
import { get, post, type Route } from "@cartwright/http/route";
import { seconds } from "@cartwright/kernel/duration";
import { Refusal } from "@cartwright/kernel/refusal";
import { z } from "zod";
import type { ClientCredentials } from "../commands/authenticate-client.ts";
import type { AccessTokens } from "../tokens/access-tokens.ts";
import type { KeyRing } from "../tokens/key-ring.ts";
import { oauthTokenReply } from "./schemas.ts";

type OauthRoutes = {
  readonly authenticateClient: (client: ClientCredentials) => TokenSubject;
  readonly tokens: AccessTokens;
  readonly keys: KeyRing;
  readonly issuer: string;
};

/** Unknown parameters are ignored, as RFC 6749 §3.2 asks. */
const tokenBody = z.object({
  grant_type: z.string().max(100),
  client_id: z.string().max(200).default(""),
  client_secret: z.string().max(200).default(""),
  scope: z.string().min(1).max(1_000).optional(),
});

export const oauthRoutes = (deps: OauthRoutes): readonly Route[] => [
  post("/api/v1/oauth/token", {
    summary: "A token for a service, by client credentials",
    access: "public",
    form: true,
    body: tokenBody,
    responses: { 200: oauthTokenReply },
    refusals: ["invalid-client", "invalid-scope", "unsupported-grant-type"],
    handle: async ({ body }) => {
      if (body.grant_type !== "client_credentials") throw unsupportedGrant();
      const client = deps.authenticateClient({
        clientId: body.client_id,
        clientSecret: body.client_secret,
        scopes: body.scope?.split(" "),
      });
      return tokenFor(client, deps.tokens);
    },
  }),
  ...["", "/api/v1"].flatMap((root) => wellKnownRoutes(root, deps)),
];

async function tokenFor(client: TokenSubject, tokens: AccessTokens) {
  const { token, expiresIn } = await tokens.issue(client);
  return ok({
    access_token: token,
    token_type: "Bearer",
    expires_in: expiresIn / seconds(1),
    scope: (client.scopes ?? scopesOf(client.roles)).join(" "),
  });
}

const unsupportedGrant = () =>
  new Refusal(
    "unsupported-grant-type",
    "The only grant type here is client_credentials.",
    { error: "unsupported_grant_type" },
  );

const wellKnownRoutes = (root: string, deps: OauthRoutes): readonly Route[] => [
  get(`${root}/.well-known/jwks.json`, {
    summary: "The public keys that access tokens are verified with",
    access: "public",
    responses: { 200: z.object({ keys: z.array(z.looseObject({})) }) },
    handle: async () => cacheable(jwksOf(await deps.keys.published())),
  }),
  get(`${root}/.well-known/openid-configuration`, {
    summary: "Where tokens come from and how they are signed",
    access: "public",
    responses: { 200: z.looseObject({ issuer: z.string() }) },
    handle: async () => cacheable(discoveryOf(deps.issuer)),
  }),
];

const cacheable = (body: unknown): Reply => ({
  ...ok(body),
  headers: { "cache-control": "public, max-age=300" },
});

const discoveryOf = (issuer: string) => ({
  issuer,
  jwks_uri: `${issuer}/.well-known/jwks.json`,
  token_endpoint: `${issuer}/api/v1/oauth/token`,
  token_endpoint_auth_methods_supported: ["client_secret_post"],
  grant_types_supported: ["client_credentials"],
  response_types_supported: [],
  subject_types_supported: ["public"],
  id_token_signing_alg_values_supported: ["RS256"],
  scopes_supported: scopes,
});
