import { readFileSync } from "node:fs";
import { join } from "node:path";
import { minutes, seconds } from "@cartwright/kernel/duration";
import { eventually } from "@cartwright/testing/eventually";
import { codeBlocks } from "./support/code-blocks.ts";
import { opsJson } from "./support/ops.ts";
import { startPlatform, type Platform } from "./support/platform.ts";
import { runShell } from "./support/shell.ts";

/** What the operations guide tells an operator to type, typed. */
const guide = readFileSync(
  join(import.meta.dirname, "../docs/operations/guide.md"),
  "utf8",
);
let platform: Platform;

beforeAll(async () => {
  platform = await startPlatform({
    ...{ mode: "embedded", processes: 1 },
    environment: { SIGNING_KEYS_KEPT_SECONDS: "1" },
  });
}, seconds(120));

afterAll(() => platform.stop());

/** The first block of the language with these words in it. */
function block(language: string, words: string): string {
  const found = codeBlocks(guide, language).find((one) => one.includes(words));
  if (found === undefined) throw new Error(`The guide has no ${words}.`);
  return found;
}

it("looks at what waits, fails, is stuck or set aside", async () => {
  const script = block("bash", "ops -- dlq list").replace(
    "http://localhost:8080",
    platform.url,
  );
  const { status, output } = await runShell(`set -e\n${script}`, {});

  expect(status).toBe(0);
  expect(output).toContain("analytics");
});

const post = (path: string, body: object) =>
  fetch(`${platform.url}/api/v1/auth/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });

async function logIn(): Promise<string> {
  const response = await post("login", {
    email: "demo@cartwright.example",
    password: "demo-password",
  });
  return ((await response.json()) as { accessToken: string }).accessToken;
}

const keyOf = (token: string): string =>
  (
    JSON.parse(
      Buffer.from(token.split(".")[0] ?? "", "base64url").toString(),
    ) as { kid: string }
  ).kid;

async function statusWith(token: string): Promise<number> {
  const headers = { authorization: `Bearer ${token}` };
  const { status } = await fetch(`${platform.url}/api/v1/users/me`, {
    headers,
  });
  return status;
}

async function published(): Promise<readonly string[]> {
  const response = await fetch(`${platform.url}/.well-known/jwks.json`);
  const { keys } = (await response.json()) as { keys: { kid: string }[] };
  return keys.map(({ kid }) => kid);
}

/** A block of the guide, as it stands there, by the login that stands there too. */
function loggedIn(words: string): ReturnType<typeof runShell> {
  const [login = ""] =
    /export CARTWRIGHT_EMAIL=.*/.exec(block("bash", "ops -- dlq list")) ?? [];
  return runShell(`set -e\n${login}\n${block("bash", words)}`, {
    CARTWRIGHT_URL: platform.url,
  });
}

it("makes somebody who has registered staff, and takes it back", async () => {
  const sam = { email: "sam@shop.example", password: "correct horse" };
  expect((await loggedIn("users grant")).output).toContain("not-found");
  await post("register", { ...sam, name: "Sam" });
  const { status, output } = await loggedIn("users grant");

  expect([status, output]).toEqual([
    0,
    expect.stringMatching(
      /customer, staff\n.*customer, staff\n.*customer\n.*All sessions have ended/s,
    ),
  ]);
  const audit = await opsJson(platform, "audit", "--service", "identity");
  expect(audit.items).toMatchObject([
    { action: "roles.revoke", reason: "works elsewhere since June" },
    { action: "roles.grant", reason: "works in the shop from Monday on" },
  ]);
});

/** As if the eleven minutes that the guide has everybody wait had passed. */
const pass = () =>
  platform.sql(
    `UPDATE identity.signing_keys SET created_at = created_at - interval '11 minutes',
     retired_at = retired_at - interval '11 minutes'`,
  );

/** Who checks tokens asks so often for a key that it does not know. */
const asksAgainAfter = seconds(35);

it(
  "changes the key that tokens are signed with; those of the key before are still good",
  async () => {
    const before = await logIn();
    await loggedIn("keys prepare");
    await eventually(async () => expect(await published()).toHaveLength(2));
    expect(keyOf(await logIn())).toBe(keyOf(before));

    expect((await loggedIn("keys activate")).output).toContain("too-early");
    await pass();
    await loggedIn("keys activate");
    const after = await eventually(async () => {
      const token = await logIn();
      expect(keyOf(token)).not.toBe(keyOf(before));
      return token;
    });
    // Everybody has heard of the key when eleven minutes have really passed.
    await eventually(async () => expect(await statusWith(after)).toBe(200), {
      within: asksAgainAfter,
    });
    expect(await statusWith(before)).toBe(200);

    expect((await loggedIn("keys remove")).output).toContain("too-early");
    await pass();
    const { status, output } = await loggedIn("keys remove");
    expect([status, output]).toEqual([0, expect.stringContaining("active")]);
    await eventually(async () =>
      expect(await published()).toEqual([keyOf(after)]),
    );
    expect(await statusWith(after)).toBe(200);
  },
  minutes(2),
);
