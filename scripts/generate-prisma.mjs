import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";

/** Generates the Prisma client of each service whose schema has changed since the last time. */
const root = join(import.meta.dirname, "..");
const cache = join(root, ".cache/prisma");
const prisma = join(root, "node_modules/prisma/build/index.js");
const { version } = JSON.parse(
  readFileSync(join(root, "node_modules/prisma/package.json"), "utf8"),
);

mkdirSync(cache, { recursive: true });
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
  const client = clientOf(service);
  if (!existsSync(client) || stampOf(service) !== fingerprint(service))
    return false;
  utimesSync(client, new Date(), new Date()); // newer than a schema that was merely touched
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
  writeFileSync(join(cache, service), fingerprint(service));
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

function clientOf(service) {
  return join(root, `apps/${service}/src/db/generated/client.ts`);
}

function stampOf(service) {
  const stamp = join(cache, service);
  return existsSync(stamp) ? readFileSync(stamp, "utf8") : undefined;
}

function fingerprint(service) {
  const folder = join(root, "prisma", service);
  const hash = createHash("sha256").update(version);
  for (const file of readdirSync(folder).sort()) {
    if (file.endsWith(".prisma")) hash.update(readFileSync(join(folder, file)));
  }
  return hash.digest("hex");
}
