import { spawnSync } from "node:child_process";
import { dirname } from "node:path";

/** Changes files of a tree line by line as it was written, or none at all: then it throws what git has said. */
export function applyPatch(patch: string, root: string): void {
  const { status, stderr } = spawnSync("git", ["apply", "-"], {
    cwd: root,
    input: patch,
    encoding: "utf8",
    // Within another checkout git would take the paths for that one's.
    env: { ...process.env, GIT_CEILING_DIRECTORIES: dirname(root) },
  });
  if (status !== 0) throw new Error(stderr);
}
