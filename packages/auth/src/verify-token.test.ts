import { minutes, seconds } from "@cartwright/kernel/duration";
import jwt from "jsonwebtoken";
import { createHmac, createPublicKey, sign as signBytes } from "node:crypto";
import { jwksOf, localKeys } from "./jwks.ts";
import { scopesOf } from "./principal.ts";
import { tokenSigner } from "./sign-token.ts";
import { newSigningKey, toJwk } from "./signing-key.ts";
import { tokenVerifier } from "./verify-token.ts";

const issuer = "https://shop.example";
const audience = "cartwright";
const key = await newSigningKey();
const foreignKey = await newSigningKey();
const keys = localKeys(jwksOf([key]));
const ann = { id: "ann", roles: ["customer"] as const };

let now = Date.now();
const verifier = tokenVerifier({ keys, issuer, audience, now: () => now });
const signer = tokenSigner({ key, issuer, audience });

beforeEach(() => {
  now = Date.now();
});

const encode = (part: unknown): string =>
  Buffer.from(JSON.stringify(part)).toString("base64url");

const goodHeader = { alg: "RS256", typ: "at+jwt", kid: key.kid };
const goodClaims = () => ({
  iss: issuer,
  aud: audience,
  sub: "ann",
  roles: ["operator"],
  exp: Math.floor(Date.now() / 1_000) + 300,
});

/** A token that is good in every respect but those given, and truly signed by our key. */
function tokenWith(header: object, claims: object = {}): string {
  const head = encode({ ...goodHeader, ...header });
  const text = `${head}.${encode({ ...goodClaims(), ...claims })}`;
  const signature = signBytes("sha256", Buffer.from(text), key.privateKey);
  return `${text}.${signature.toString("base64url")}`;
}

const replaced = (token: string, part: 0 | 1 | 2, text: string): string =>
  token.split(".").with(part, text).join(".");

it("accepts what the signer has signed", async () => {
  const { token, expiresIn } = signer.sign(ann);
  expect(expiresIn).toBe(minutes(10));
  expect(await verifier.verify(token)).toEqual({
    id: "ann",
    roles: ["customer"],
    scopes: new Set(scopesOf(["customer"])),
  });
  expect(jwt.decode(token, { complete: true })?.header).toEqual(goodHeader);
});

it("accepts the token that the negatives below are made from", async () => {
  expect(await verifier.verify(tokenWith({}))).toMatchObject({ id: "ann" });
});

it("grants only scopes and roles it knows", async () => {
  const token = tokenWith(
    {},
    { roles: ["root", "staff"], scope: "x orders.read" },
  );
  expect(await verifier.verify(token)).toEqual({
    id: "ann",
    roles: ["staff"],
    scopes: new Set(["orders.read"]),
  });
});

const soon = Math.floor(Date.now() / 1_000) + 60;
const publicPem = createPublicKey(key.privateKey)
  .export({ type: "spki", format: "pem" })
  .toString();

function signedWithThePublicKey(): string {
  const text = `${encode({ ...goodHeader, alg: "HS256" })}.${encode(goodClaims())}`;
  const mac = createHmac("sha256", publicPem).update(text).digest("base64url");
  return `${text}.${mac}`;
}

const refused: [string, () => string][] = [
  ["an empty text", () => ""],
  ["no token at all", () => "a.b.c"],
  ["a header that is no object", () => replaced(tokenWith({}), 0, encode(7))],
  [
    "algorithm none",
    () => `${encode({ ...goodHeader, alg: "none" })}.${encode(goodClaims())}.`,
  ],
  ["algorithm None", () => tokenWith({ alg: "None" })],
  ["HS256 keyed with our public key", signedWithThePublicKey],
  ["RS512", () => tokenWith({ alg: "RS512" })],
  ["PS256", () => tokenWith({ alg: "PS256" })],
  ["a stripped signature", () => replaced(tokenWith({}), 2, "")],
  ["two parts only", () => tokenWith({}).split(".").slice(0, 2).join(".")],
  [
    "another's signature",
    () =>
      replaced(
        tokenWith({}),
        2,
        tokenWith({}, { sub: "bob" }).split(".")[2] ?? "",
      ),
  ],
  [
    "changed claims",
    () => replaced(tokenWith({}), 1, encode({ ...goodClaims(), sub: "bob" })),
  ],
  [
    "a foreign key under our kid",
    () =>
      tokenSigner({
        key: { ...foreignKey, kid: key.kid },
        issuer,
        audience,
      }).sign(ann).token,
  ],
  [
    "a foreign kid",
    () => tokenSigner({ key: foreignKey, issuer, audience }).sign(ann).token,
  ],
  ["no kid", () => tokenWith({ kid: undefined })],
  ["a kid that is no text", () => tokenWith({ kid: { toString: 1 } })],
  ["a kid that climbs", () => tokenWith({ kid: "../../etc/passwd" })],
  ["a jku header", () => tokenWith({ jku: "https://evil.example/jwks.json" })],
  ["a jwk header", () => tokenWith({ jwk: toJwk(foreignKey) })],
  ["an x5u header", () => tokenWith({ x5u: "https://evil.example/cert" })],
  ["a crit header", () => tokenWith({ crit: ["exp"] })],
  ["typ JWT", () => tokenWith({ typ: "JWT" })],
  ["no typ", () => tokenWith({ typ: undefined })],
  ["a refresh token", () => tokenWith({ typ: "rt+jwt" })],
  ["another issuer", () => tokenWith({}, { iss: "https://evil.example" })],
  ["no issuer", () => tokenWith({}, { iss: undefined })],
  ["another audience", () => tokenWith({}, { aud: "somebody-else" })],
  ["no audience", () => tokenWith({}, { aud: undefined })],
  ["not yet valid", () => tokenWith({}, { nbf: soon })],
  ["a malformed nbf", () => tokenWith({}, { nbf: "now" })],
  ["no expiry", () => tokenWith({}, { exp: undefined })],
  ["a malformed expiry", () => tokenWith({}, { exp: "never" })],
  ["no subject", () => tokenWith({}, { sub: undefined })],
  ["an empty subject", () => tokenWith({}, { sub: "" })],
  ["an oversized token", () => tokenWith({}, { filler: "x".repeat(5_000) })],
];

it.each(refused)("refuses %s", async (_what, token) => {
  await expect(verifier.verify(token())).rejects.toMatchObject({
    code: "token-invalid",
  });
});

it("says so when a token has expired, also one it has seen before", async () => {
  const { token } = signer.sign(ann);
  await verifier.verify(token);
  now += minutes(10) + seconds(1);
  await expect(verifier.verify(token)).rejects.toMatchObject({
    code: "token-expired",
  });
});

it("checks a token's signature once, and forgets the oldest when full", async () => {
  let looked = 0;
  const counted = {
    find: (kid: string) => {
      looked += 1;
      return keys.find(kid);
    },
  };
  const small = tokenVerifier({
    keys: counted,
    issuer,
    audience,
    remembered: 2,
  });
  const [a, b, c] = ["a", "b", "c"].map(
    (id) => signer.sign({ id, roles: [] }).token,
  ) as [string, string, string];

  for (const token of [a, a, b, a, c]) await small.verify(token);
  expect(looked).toBe(3);
  await small.verify(a);
  expect(looked).toBe(3);
  await small.verify(b);
  expect(looked).toBe(4);
});

it("never lets a refused token into its memory", async () => {
  const token = tokenWith({}, { aud: "somebody-else" });
  await expect(verifier.verify(token)).rejects.toThrow("not accepted");
  await expect(verifier.verify(token)).rejects.toThrow("not accepted");
});

it("does not sign tokens that live longer than ten minutes", () => {
  const lifetime = minutes(11);
  expect(() => tokenSigner({ key, issuer, audience, lifetime })).toThrow(
    RangeError,
  );
});
