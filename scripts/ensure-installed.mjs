import { spawn, spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, sep } from "node:path";
import { fileURLToPath } from "node:url";

if (Number.parseInt(process.versions.node, 10) < 20) {
  fail(
    `Cartwright needs Node 20 or newer to install its own Node 24; this is ${process.version}.`,
  );
}

/**
 * Makes a clone ready to run: installs what the lockfile says and generates the Prisma clients,
 * each only when missing or stale. Runs on any Node from 20 on, since Node 24 is itself installed.
 */
export const root = fileURLToPath(new URL("..", import.meta.url));
export const node24 = join(root, "node_modules/node/bin/node");

const changedAt = (path) =>
  existsSync(join(root, path)) ? statSync(join(root, path)).mtimeMs : undefined;

/** Whether `made` is missing or older than what it is made from. */
function isStale(made, source) {
  const at = changedAt(made);
  return at === undefined || at < changedAt(source);
}

export async function ensureInstalled() {
  if (isStale("node_modules/.package-lock.json", "package-lock.json")) {
    requireNpm(10);
    await install();
  }
  if (staleClients())
    runOrExit("node scripts/generate-prisma.mjs", node24, [
      "scripts/generate-prisma.mjs",
    ]);
}

function requireNpm(major) {
  const { stdout } = spawnSync("npm --version", {
    shell: true,
    encoding: "utf8",
  });
  const version = stdout.trim();
  if (Number.parseInt(version, 10) >= major) return;
  fail(
    `Cartwright needs npm ${major} or newer to install; this is ${version || "no npm at all"}.`,
  );
}

async function install() {
  const packages = packagePaths();
  const unpacked = () =>
    packages.filter((path) => existsSync(join(root, path, "package.json")));
  say(
    `Installing ${packages.length} packages from the lockfile (npm ci), a minute or so…`,
  );
  const startedAt = Date.now();
  const progress = setInterval(
    () => say(`  ${unpacked().length} of ${packages.length} unpacked`),
    5_000,
  );
  const npm = spawn("npm ci --no-progress --loglevel=error", {
    shell: true,
    cwd: root,
    stdio: ["ignore", "ignore", "inherit"],
  });
  const code = await new Promise((resolve) => npm.once("close", resolve));
  clearInterval(progress);
  if (code !== 0) fail("npm ci failed; what it said stands above.");
  say(`Installed in ${Math.round((Date.now() - startedAt) / 1_000)} s.`);
}

/** Where those packages of the lockfile go that are installed everywhere. */
function packagePaths() {
  const { packages } = JSON.parse(
    readFileSync(join(root, "package-lock.json"), "utf8"),
  );
  return Object.entries(packages)
    .filter(
      ([path, { link, optional }]) =>
        path.startsWith("node_modules/") && !link && !optional,
    )
    .map(([path]) => path);
}

/** Whether a service's Prisma client is missing or older than its schema. */
function staleClients() {
  return readdirSync(join(root, "prisma"), { recursive: true })
    .filter((file) => file.endsWith(".prisma"))
    .map((file) => [`prisma/${file}`, file.split(sep)[0]])
    .some(([schema, service]) =>
      isStale(`apps/${service}/src/db/generated/client.ts`, schema),
    );
}

function runOrExit(what, command, args) {
  const { status } = spawnSync(command, args, {
    cwd: root,
    stdio: ["ignore", 2, 2],
  });
  if (status !== 0) fail(`${what} failed; what it said stands above.`);
}

function say(line) {
  console.error(line);
}

function fail(sentence) {
  say(sentence);
  process.exit(1);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await ensureInstalled();
