import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { applyPatch } from "../support/apply-patch.ts";
import { copyOfTree, type TreeCopy } from "../support/tree-copy.ts";

const run = promisify(execFile);
const changes = join(import.meta.dirname, "next-release");

/** This tree in a folder of its own, with the changes of the release that comes next. */
export async function nextRelease(): Promise<TreeCopy> {
  const tree = copyOfTree();
  try {
    for (const patch of (await readdir(changes)).toSorted())
      await apply(patch, tree.root);
    return tree;
  } catch (error) {
    await tree.remove();
    throw error;
  }
}

/** As `npm run` does before anything else: clients of the schemas that have changed. */
export const generateClients = ({ root }: TreeCopy) =>
  run(process.execPath, [join(root, "scripts/generate-prisma.mjs")]);

async function apply(patch: string, root: string): Promise<void> {
  const text = await readFile(join(changes, patch), "utf8");
  try {
    applyPatch(text, root);
  } catch (error) {
    throw new Error(
      `${patch} does not apply any more. Make its change anew, see e2e/upgrade/README.md.`,
      { cause: error },
    );
  }
}
