import { execFileSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  globSync,
  mkdtempSync,
  rmSync,
  utimesSync,
} from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What git does not know and `npm ci` has made: needed as it is, and written to again. */
const made = ["node_modules/.package-lock.json", "apps/*/src/db/generated"];

export const thisTree = join(import.meta.dirname, "../..");

/** A checkout that runs by itself. */
export type TreeCopy = { readonly root: string; remove(): Promise<void> };

/** A copy of every tracked file, in which `@cartwright/…` means the copy, installed without a network. */
export function copyOfTree(): TreeCopy {
  const root = mkdtempSync(join(tmpdir(), "cartwright-tree-"));
  chmodSync(root, 0o755); // PostgreSQL runs from in there, under an account of its own
  execFileSync(
    "bash",
    ["-c", 'git ls-files -z | xargs -0 cp -P --parents -t "$0"', root],
    { cwd: thisTree },
  );
  linkModules(root);
  for (const path of made.flatMap((glob) =>
    globSync(glob, { cwd: thisTree }),
  )) {
    rmSync(join(root, path), { force: true });
    cpSync(join(thisTree, path), join(root, path), { recursive: true });
  }
  // Newer than what it was installed from, as after `npm ci`.
  const now = new Date();
  utimesSync(join(root, "node_modules/.package-lock.json"), now, now);
  return { root, remove: () => rm(root, { recursive: true, force: true }) };
}

/** Hard links where the file system allows it: nothing changes a package's files in place. */
function linkModules(root: string): void {
  const modules = join(thisTree, "node_modules");
  try {
    execFileSync("cp", ["-al", modules, root], { stdio: "ignore" });
  } catch {
    rmSync(join(root, "node_modules"), { recursive: true, force: true });
    execFileSync("cp", ["-a", modules, root]);
  }
}
