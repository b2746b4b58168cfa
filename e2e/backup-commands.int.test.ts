import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { migrate } from "@cartwright/database/migrate";
import { openDatabase } from "@cartwright/database/open-database";
import { migratedSchemas } from "@cartwright/database/migrations";
import {
  testDatabase,
  type TestDatabase,
} from "@cartwright/testing/test-database";
import { codeBlocks } from "./support/code-blocks.ts";
import { runShell } from "./support/shell.ts";

/** What the operations guide has an operator type to save and restore the database, typed. */
const guide = readFileSync(
  join(import.meta.dirname, "../docs/operations/guide.md"),
  "utf8",
);
const blocks = codeBlocks(guide, "sh");
const [backUp = "", backUpWithCompose = ""] = withWords("pg_dump ");
const [restore = "", restoreWithCompose = ""] = withWords("pg_restore");

function withWords(...words: string[]): string[] {
  return blocks.filter((one) => words.some((word) => one.includes(word)));
}

const here = '-d "$DATABASE_URL"';
const withCompose = (block: string): string =>
  block
    .replaceAll(/^(pg_|psql )/gm, "docker compose exec -T postgres $1")
    .replaceAll(here, "-U postgres -d cartwright");

it("has the same commands for compose", () => {
  expect(backUp).toContain(here);
  expect(backUpWithCompose).toBe(withCompose(backUp));
  expect(restoreWithCompose).toBe(withCompose(restore));
});

it("replaces every schema but the provider's", () => {
  const [, dropped = ""] = /DROP SCHEMA (.*) CASCADE/.exec(restore) ?? [];
  const theirs = migratedSchemas().map(({ schema }) => schema);
  expect(dropped.replaceAll('"', "").split(", ").sort()).toEqual(
    theirs.filter((name) => name !== "payment_provider").sort(),
  );
});

const why = await whyNotHere();
if (why !== undefined && process.env["REQUIRE_PG_DUMP"]) throw new Error(why);
if (why === undefined) describe("a database that was saved", restored);
else it.skip(`restores what was saved: ${why}`, () => undefined);

/** A program of an older major refuses to read the server. */
async function whyNotHere(): Promise<string | undefined> {
  const { stdout, error } = spawnSync("pg_dump", ["--version"], {
    encoding: "utf8",
  });
  const ours = Number(/ (\d+)/.exec(error ? "" : stdout)?.[1] ?? 0);
  const url = process.env["TEST_DATABASE_URL"] ?? "";
  const [row] = await ask<{ version: number }>(
    url,
    "SELECT current_setting('server_version_num')::int / 10000 AS version",
  );
  const theirs = row?.version ?? 0;
  return ours >= theirs
    ? undefined
    : `the server is of version ${theirs}, the pg_dump on the PATH ${ours === 0 ? "missing" : `of ${ours}`}.`;
}

async function ask<Row extends object>(
  url: string,
  sql: string,
): Promise<Row[]> {
  const db = openDatabase({ url, schema: "public", maxConnections: 1 });
  try {
    return await db.query<Row>(sql);
  } finally {
    await db.stop?.();
  }
}

function restored(): void {
  let database: TestDatabase;
  let folder: string;
  beforeAll(async () => {
    database = await testDatabase("inventory");
    folder = mkdtempSync(join(tmpdir(), "cartwright-backup-"));
  });
  afterAll(async () => {
    await database.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it("is as it was, and the provider's records are as they are", async () => {
    const { adminUrl } = database;
    await ask(adminUrl, warehouse("before"));
    const backup = await typed(`${backUp}\necho "made at $backup"`);
    await ask(adminUrl, warehouse("after"));
    await ask(adminUrl, charge);

    const [, time] = /made at (\S+)/.exec(backup) ?? [];
    expect(Math.abs(Date.parse(time ?? "") - Date.now())).toBeLessThan(60_000);
    await typed(`backup=${time}\n${restore}`);
    await migrate({ adminUrl });
    const places = "SELECT id FROM inventory.warehouses WHERE id <> 'main'";
    const asItsService = database.open("inventory");
    expect(await asItsService.query(places)).toEqual([{ id: "before" }]);
    const charges = "SELECT key FROM payment_provider.authorizations";
    expect(await ask(adminUrl, charges)).toEqual([{ key: "later" }]);
  }, 60_000);

  async function typed(script: string): Promise<string> {
    const variables = { DATABASE_URL: database.adminUrl };
    const said = await runShell(`set -eu\n${script}`, variables, folder);
    expect(said).toMatchObject({ status: 0 });
    return said.output;
  }
}

const warehouse = (id: string): string =>
  `INSERT INTO inventory.warehouses (id, name) VALUES ('${id}', 'a place')`;

const charge = `INSERT INTO payment_provider.authorizations (key, reference, amount, currency, token, status, created_at, updated_at)
  VALUES ('later', 'r', 1, 'EUR', 'tok_visa', 'authorized', now(), now())`;
