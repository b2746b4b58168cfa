import { localKeys, type Jwks } from "@cartwright/auth/jwks";
import { tokenVerifier } from "@cartwright/auth/verify-token";
import type { TestService } from "@cartwright/testing/test-service";
import { publishedKeys } from "../src/published-keys.ts";
import { anIdentityService, clientSecret } from "./support.ts";

let identity: TestService;

beforeAll(async () => {
  identity = await anIdentityService();
});
afterAll(() => identity.stop());

const asked = {
  grant_type: "client_credentials",
  client_id: "notification",
  client_secret: clientSecret,
};

const ask = (changes: object = {}) =>
  identity.request.post("/api/v1/oauth/token").send({ ...asked, ...changes });

describe("a service's token", () => {
  it.each(["form", "json"])("is asked for in %s", async (type) => {
    const { status, headers, body } = await ask().type(type);

    expect(status).toBe(200);
    expect(headers["cache-control"]).toBe("no-store");
    expect(body).toEqual({
      access_token: expect.any(String),
      token_type: "Bearer",
      expires_in: 600,
      scope: "contacts.read parked.read",
    });
  });

  it("is believed by whoever has the published keys", async () => {
    const { body } = await ask();
    const jwks: Jwks = await publishedKeys(identity.platform.db)();
    const verifier = tokenVerifier({
      keys: localKeys(jwks),
      issuer: "http://localhost:8080",
      audience: "cartwright",
    });

    expect(await verifier.verify(body.access_token)).toEqual({
      id: "notification",
      roles: ["service"],
      scopes: new Set(["contacts.read", "parked.read"]),
    });
  });

  it.each([
    [401, "invalid-client", { client_secret: "a guess" }],
    [401, "invalid-client", { client_id: "mallory" }],
    [400, "invalid-scope", { scope: "users.write" }],
    [400, "unsupported-grant-type", { grant_type: "password" }],
  ])("is refused with %i %s for %j", async (expected, code, changes) => {
    const { status, body } = await ask(changes);

    expect(status).toBe(expected);
    expect(body).toMatchObject({ code, error: code.replaceAll("-", "_") });
  });
});

it("says where tokens come from", async () => {
  const { body } = await identity.request.get(
    "/.well-known/openid-configuration",
  );

  expect(body).toMatchObject({
    issuer: "http://localhost:8080",
    jwks_uri: "http://localhost:8080/.well-known/jwks.json",
    token_endpoint: "http://localhost:8080/api/v1/oauth/token",
  });
});
