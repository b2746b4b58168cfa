import { execFileSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  globSync,
  mkdtempSync,
  rmSync,
  utimesSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What git does not know and `npm ci` has made: needed as it is, and written to again. */
const made = [
  "node_modules/.package-lock.json",
  ".cache/prisma",
  "apps/*/src/db/generated",
];

const root = join(import.meta.dirname, "../..");

export type TreeCopy = { readonly folder: string; remove(): void };

/** A copy of every tracked file, in which `@cartwright/…` means the copy, installed without a network. */
export function copyOfTree(): TreeCopy {
  const folder = mkdtempSync(join(tmpdir(), "cartwright-tutorial-"));
  chmodSync(folder, 0o755); // PostgreSQL runs from in there, under an account of its own
  execFileSync(
    "bash",
    ["-c", 'git ls-files -z | xargs -0 cp -P --parents -t "$0"', folder],
    { cwd: root },
  );
  linkModules(folder);
  for (const path of made.flatMap((glob) => globSync(glob, { cwd: root }))) {
    rmSync(join(folder, path), { force: true });
    cpSync(join(root, path), join(folder, path), { recursive: true });
  }
  // Newer than what it was installed from, as after `npm ci`.
  const now = new Date();
  utimesSync(join(folder, "node_modules/.package-lock.json"), now, now);
  return {
    folder,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Hard links where the file system allows it: nothing changes a package's files in place. */
function linkModules(folder: string): void {
  const modules = join(root, "node_modules");
  try {
    execFileSync("cp", ["-al", modules, folder], { stdio: "ignore" });
  } catch {
    rmSync(join(folder, "node_modules"), { recursive: true, force: true });
    execFileSync("cp", ["-a", modules, folder]);
  }
}
