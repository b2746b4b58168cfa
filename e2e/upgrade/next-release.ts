import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import {
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readlink,
  rm,
  symlink,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

export const thisTree = join(import.meta.dirname, "../..");
const changes = join(import.meta.dirname, "next-release");

/** A checkout of a release that runs by itself. */
export type Tree = { readonly root: string; remove(): Promise<void> };

const copied = [
  ...["apps", "packages", "prisma", "scripts", "e2e/upgrade"],
  ...["package.json", ".cache/prisma"],
];

/** What runs of this tree, in a folder of its own, with the changes of the release that comes next. */
export async function nextRelease(): Promise<Tree> {
  const root = await mkdtemp(join(tmpdir(), "cartwright-next-"));
  const remove = () => rm(root, { recursive: true, force: true });
  try {
    for (const path of copied.filter((one) => existsSync(join(thisTree, one))))
      await cp(join(thisTree, path), join(root, path), {
        recursive: true,
        filter: (source) => basename(source) !== "node_modules",
      });
    await linkModules(root);
    for (const patch of (await readdir(changes)).toSorted())
      await apply(patch, root);
    return { root, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** As `npm run` does before anything else: clients of the schemas that have changed. */
export const generateClients = ({ root }: Tree) =>
  run(process.execPath, [join(root, "scripts/generate-prisma.mjs")]);

/** Packages of others are those of this tree; the workspaces are the copy's own. */
async function linkModules(root: string): Promise<void> {
  for (const folder of ["node_modules", ...(await scopes())]) {
    await mkdir(join(root, folder));
    const entries = await readdir(join(thisTree, folder), {
      withFileTypes: true,
    });
    for (const entry of entries) {
      const [link, original] = [root, thisTree].map((tree) =>
        join(tree, folder, entry.name),
      ) as [string, string];
      if (entry.isSymbolicLink()) await symlink(await readlink(original), link);
      else if (!entry.name.startsWith("@")) await symlink(original, link);
    }
  }
}

async function scopes(): Promise<string[]> {
  const names = await readdir(join(thisTree, "node_modules"));
  return names
    .filter((name) => name.startsWith("@"))
    .map((name) => join("node_modules", name));
}

/** Line by line as it was written, or not at all. */
async function apply(patch: string, root: string): Promise<void> {
  try {
    await run("git", ["apply", join(changes, patch)], {
      cwd: root,
      // Within another checkout git would take the paths for that one's.
      env: { ...process.env, GIT_CEILING_DIRECTORIES: dirname(root) },
    });
  } catch (error) {
    throw new Error(
      `${patch} does not apply any more. Make its change anew, see e2e/upgrade/README.md.`,
      { cause: error },
    );
  }
}
