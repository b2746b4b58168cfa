import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";

/** Generates the Prisma client of each service whose schema has changed since the last time. */
const root = join(import.meta.dirname, "..");
const prisma = join(root, "node_modules/prisma/build/index.js");
const { version } = JSON.parse(
  readFileSync(join(root, "node_modules/prisma/package.json"), "utf8"),
);

const stale = readdirSync(join(root, "prisma"))
  .filter((service) =>
    existsSync(join(root, `prisma/${service}/schema.prisma`)),
  )
  .filter((service) => !isFresh(service));
if (stale.length > 0) console.log(`Generating ${stale.length} Prisma clients…`);

const waiting = [...stale];
await Promise.all(
  Array.from({ length: availableParallelism() }, async () => {
    for (let next = waiting.shift(); next; next = waiting.shift())
      await generate(next);
  }),
);

function isFresh(service) {
  const client = join(folderOf(service), "client.ts");
  const stamp = stampOf(service);
  if (!existsSync(client) || !existsSync(stamp)) return false;
  if (readFileSync(stamp, "utf8") !== fingerprint(service)) return false;
  renew(client, service);
  return true;
}

async function generate(service) {
  const output = [];
  const child = spawn(
    process.execPath,
    [prisma, "generate", "--no-hints", "--schema", `prisma/${service}`],
    { cwd: root, env: offline(), stdio: ["ignore", "pipe", "pipe"] },
  );
  child.stdout.on("data", (chunk) => output.push(chunk));
  child.stderr.on("data", (chunk) => output.push(chunk));
  const code = await new Promise((resolve) => child.once("close", resolve));
  if (code !== 0) {
    console.error(Buffer.concat(output).toString());
    console.error(`The Prisma client of ${service} could not be generated.`);
    process.exit(1);
  }
  writeFileSync(stampOf(service), fingerprint(service));
  console.log(`  ${service}`);
}

/** `generate` asks for a schema engine, which it would download and never runs: any program will do. */
function offline() {
  return {
    ...process.env,
    PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
    CHECKPOINT_DISABLE: "1",
    NODE_COMPILE_CACHE: join(root, ".cache/node"),
  };
}

/** A client that is older than a schema which was merely touched; others stay, for whoever watches them. */
function renew(client, service) {
  const { mtimeMs } = statSync(client);
  if (schemasOf(service).every((file) => statSync(file).mtimeMs <= mtimeMs))
    return;
  utimesSync(client, new Date(), new Date());
}

function schemasOf(service) {
  const folder = join(root, "prisma", service);
  return readdirSync(folder)
    .filter((file) => file.endsWith(".prisma"))
    .sort()
    .map((file) => join(folder, file));
}

function folderOf(service) {
  return join(root, `apps/${service}/src/db/generated`);
}

/** Beside what was generated, so that it is known wherever the folder goes, into a container for instance. */
function stampOf(service) {
  return join(folderOf(service), "fingerprint");
}

function fingerprint(service) {
  const hash = createHash("sha256").update(version);
  for (const file of schemasOf(service)) hash.update(readFileSync(file));
  return hash.digest("hex");
}
