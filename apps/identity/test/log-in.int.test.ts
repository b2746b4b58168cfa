import { localKeys, type Jwks } from "@cartwright/auth/jwks";
import { scopesOf } from "@cartwright/auth/principal";
import { tokenVerifier } from "@cartwright/auth/verify-token";
import type { TestService } from "@cartwright/testing/test-service";
import { ada, anIdentityService, credentials } from "./support.ts";

let identity: TestService;

beforeAll(async () => {
  identity = await anIdentityService();
});
afterAll(() => identity.stop());

const post = (path: string, body: object) =>
  identity.request.post(`/api/v1/auth/${path}`).send(body);

/** Checks a token as every other service does: by the published keys alone. */
async function principalOf(token: string) {
  const { body } = await identity.request.get("/.well-known/jwks.json");
  return tokenVerifier({
    keys: localKeys(body as Jwks),
    issuer: "http://localhost:8080",
    audience: "cartwright",
  }).verify(token);
}

describe("registering", () => {
  it("makes a customer, and tells the world neither name nor address", async () => {
    const { status, headers, body } = await post("register", ada);

    expect(status).toBe(201);
    expect(headers["location"]).toBe("/api/v1/users/me");
    expect(body).toEqual({
      userId: expect.any(String),
      email: "ada@example.org",
      name: "Ada",
      roles: ["customer"],
      createdAt: expect.any(String),
    });
    const published = await identity.published();
    expect(published).toMatchObject([
      {
        type: "identity.UserRegistered.v1",
        subject: `user/${body.userId}`,
        sequence: 1,
        data: { userId: body.userId, roles: ["customer"] },
      },
    ]);
    expect(JSON.stringify(published)).not.toMatch(/ada/i);
  });

  it("is refused when somebody has the address, however it is spelt", async () => {
    const { status, body } = await post("register", {
      ...ada,
      email: "ADA@Example.org",
    });

    expect(status).toBe(409);
    expect(body).toMatchObject({ code: "email-taken" });
  });

  it("gives an address to one of many who ask at the same time", async () => {
    const grace = { ...ada, email: "grace@example.org" };
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => post("register", grace)),
    );

    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([201, 409, 409, 409, 409, 409]);
  });

  it("is refused without a proper address, name and password", async () => {
    const { status, body } = await post("register", {
      email: "nobody",
      name: " ",
      password: "short",
    });

    expect(status).toBe(400);
    expect(body.code).toBe("validation-failed");
    expect(body.errors).toMatchObject([
      { path: "email" },
      { path: "password" },
      { path: "name" },
    ]);
  });

  it("gives nobody a role they ask for", async () => {
    const { status, body } = await post("register", {
      ...ada,
      email: "eve@example.org",
      roles: ["operator"],
    });

    expect(status).toBe(400);
    expect(body.code).toBe("validation-failed");
  });
});

describe("logging in", () => {
  it("gives a token that other services believe", async () => {
    const { status, headers, body } = await post("login", credentials);

    expect(status).toBe(200);
    expect(headers["cache-control"]).toBe("no-store");
    expect(body).toMatchObject({ tokenType: "Bearer", expiresIn: 600 });
    expect(await principalOf(body.accessToken)).toEqual({
      id: body.user.userId,
      roles: ["customer"],
      scopes: new Set(scopesOf(["customer"])),
    });
  });

  it("is told of, in sequence", async () => {
    const { body } = await post("login", {
      ...credentials,
      email: "Ada@Example.org",
    });

    const subject = `user/${body.user.userId}`;
    const published = (await identity.published()).filter(
      (message) => message.subject === subject,
    );
    expect(published.map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
    expect(published.at(-1)).toMatchObject({
      type: "identity.UserLoggedIn.v1",
      data: { userId: body.user.userId },
    });
  });

  it.each([
    ["a wrong password", { ...credentials, password: "wrong horse" }],
    ["an unknown address", { ...credentials, email: "nobody@example.org" }],
    ["no address at all", { ...credentials, email: "nobody" }],
  ])("is refused with %s, always by the same words", async (_, wrong) => {
    const { status, body } = await post("login", wrong);

    expect(status).toBe(401);
    expect(body).toMatchObject({
      code: "invalid-credentials",
      detail: "The e-mail address or the password is wrong.",
    });
  });
});

it("signs with the same key after a restart", async () => {
  const { body } = await post("login", credentials);
  const restarted = await anIdentityService({ database: identity.database });
  try {
    const keysBefore = await identity.request.get("/.well-known/jwks.json");
    const keysAfter = await restarted.request.get("/.well-known/jwks.json");
    expect(keysAfter.body).toEqual(keysBefore.body);
    expect(await principalOf(body.accessToken)).toMatchObject({
      id: body.user.userId,
    });
  } finally {
    await restarted.stop();
  }
});

it("publishes keys without their private half", async () => {
  const { body, headers } = await identity.request.get(
    "/.well-known/jwks.json",
  );

  expect(headers["cache-control"]).toBe("public, max-age=300");
  expect(body.keys).toEqual([
    {
      kty: "RSA",
      use: "sig",
      alg: "RS256",
      kid: expect.any(String),
      e: "AQAB",
      n: expect.any(String),
    },
  ]);
});
