import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { minutes, seconds } from "@cartwright/kernel/duration";
import { eventually } from "@cartwright/testing/eventually";
import { codeBlocks } from "./support/code-blocks.ts";
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

async function logIn(): Promise<string> {
  const response = await fetch(`${platform.url}/api/v1/auth/login`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      email: "demo@cartwright.example",
      password: "demo-password",
    }),
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

/** The insert that the guide's command prints. */
async function nextKey(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "cartwright-key-"));
  const file = join(folder, "next-key.sql");
  const script = block("bash", "newSigningKey").replace("next-key.sql", file);
  try {
    const { status, output } = await runShell(script, {});
    if (status !== 0) throw new Error(output);
    return readFileSync(file, "utf8");
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Who checks tokens asks so often for a key that it does not know. */
const asksAgainAfter = seconds(35);

it(
  "changes the key that tokens are signed with; those of the key before are still good",
  async () => {
    const before = await logIn();
    await platform.sql(await nextKey());
    await eventually(async () => expect(await published()).toHaveLength(2));
    expect(keyOf(await logIn())).toBe(keyOf(before));

    await platform.sql(block("sql", "'retired', retired_at"));
    const after = await eventually(async () => {
      const token = await logIn();
      expect(keyOf(token)).not.toBe(keyOf(before));
      return token;
    });
    // The guide has everybody wait for this before the key signs.
    await eventually(async () => expect(await statusWith(after)).toBe(200), {
      within: asksAgainAfter,
    });
    expect(await statusWith(before)).toBe(200);

    await platform.sql(block("sql", "DELETE FROM identity.signing_keys"));
    await eventually(async () =>
      expect(await published()).toEqual([keyOf(after)]),
    );
    expect(await statusWith(after)).toBe(200);
  },
  minutes(2),
);
