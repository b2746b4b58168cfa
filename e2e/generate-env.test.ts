import { spawnSync } from "node:child_process";
import {
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseEnv } from "node:util";

/** `.env` of the compose file: made once, completed afterwards, and never a reason to lose a database. */

const script = join(import.meta.dirname, "../scripts/images/generate-env.mjs");
const folder = mkdtempSync(join(tmpdir(), "cartwright-env-"));
let file: string;
let count = 0;

beforeEach(() => (file = join(folder, `${String(count++)}.env`)));
afterAll(() => rmSync(folder, { recursive: true }));

function generate(...settings: string[]) {
  const made = spawnSync(
    process.execPath,
    [script, "--file", file, ...settings],
    { encoding: "utf8" },
  );
  return { said: made.stdout + made.stderr, status: made.status };
}

const read = () => parseEnv(readFileSync(file, "utf8"));

it("makes secrets that nobody but its owner reads", () => {
  expect(generate("COMPOSE_PROFILES=core,demo").status).toBe(0);
  const values = read();
  expect(values["COMPOSE_PROFILES"]).toBe("core,demo");
  expect(values["POSTGRES_PASSWORD"]).toMatch(/^[0-9a-f]{48}$/);
  expect(values["PROVIDER_WEBHOOK_SECRET"]).toMatch(/^whsec_/);
  expect(values["DEMO_SHOP"]).toBe("false");
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

it("keeps every secret from core to full, and back", () => {
  generate("COMPOSE_PROFILES=core,demo");
  const first = read();
  const { said } = generate("COMPOSE_PROFILES=full");
  expect(read()).toEqual({
    ...first,
    COMPOSE_PROFILES: "full",
    OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector:4318",
    SMTP_URL: "smtp://mail:1025",
    LOG_TAG: "cartwright",
  });
  expect(said).toContain(
    "keeps what it had; added: OTEL_EXPORTER_OTLP_ENDPOINT, LOG_TAG, SMTP_URL; changed: COMPOSE_PROFILES",
  );
  generate("COMPOSE_PROFILES=core,demo");
  expect(read()).toEqual(first);
});

it("adds what an older file lacks, by the administrator's password there", () => {
  generate();
  const whole = readFileSync(file, "utf8");
  const { ORDER_DATABASE_PASSWORD: made } = read();
  const older = whole
    .replace(/^(ORDER_DATABASE_PASSWORD|SMTP_URL)=.*\n/gm, "")
    .replace(/^MAIL_FROM=.*/m, "MAIL_FROM='Shop <a@shop.example>' # ours");
  writeFileSync(file, older);
  const { said } = generate();
  expect(readFileSync(file, "utf8")).toContain(older);
  expect(read()["ORDER_DATABASE_PASSWORD"]).toBe(made);
  expect(said).toContain("added: ORDER_DATABASE_PASSWORD");
});

it("takes what the compose files read besides, as it is meant", () => {
  generate();
  generate("CARTWRIGHT_PASSWORD=correct horse #1 $HOME", "GRAFANA_PORT=3001");
  expect(read()).toMatchObject({
    CARTWRIGHT_PASSWORD: "correct horse #1 $HOME",
    GRAFANA_PORT: "3001",
  });
});

it.each([
  ["a name that no compose file reads", "GRAFANA_PROT=1", "GRAFANA_PROT"],
  ["no name", "core", "NAME=value"],
  ["another password of the database", "POSTGRES_PASSWORD=x", "was made with"],
])("changes nothing for %s", (_, setting, sentence) => {
  generate();
  const before = readFileSync(file, "utf8");
  const { said, status } = generate(setting);
  expect({ status, said }).toEqual({
    status: 1,
    said: expect.stringContaining(sentence) as string,
  });
  expect(readFileSync(file, "utf8")).toBe(before);
});

it("refuses to be redirected into the file, which the shell has emptied", () => {
  const { status, stderr } = spawnSync(
    "sh",
    ["-c", '"$0" "$1" --file "$2" > "$2"', process.execPath, script, file],
    { encoding: "utf8" },
  );
  expect(status).toBe(1);
  expect(stderr).toContain("by itself");
});
