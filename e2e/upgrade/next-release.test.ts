import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { TreeCopy } from "../support/tree-copy.ts";
import { nextRelease } from "./next-release.ts";

const run = promisify(execFile);

let tree: TreeCopy;
/** Fails when a change no longer applies. */
beforeAll(async () => {
  tree = await nextRelease();
});
afterAll(() => tree.remove());

it("has version 2 of the saga beside version 1", async () => {
  const saga = join(tree.root, "apps/order/src/sagas/place-order.saga.ts");
  const text = await readFile(saga, "utf8");
  expect(text.match(/version: \d/g)).toEqual(["version: 1", "version: 2"]);
});

it("type-checks", async () => {
  const config = join(tree.root, "tsconfig.json");
  await writeFile(
    config,
    JSON.stringify({
      extends: "@cartwright/tsconfig/base.json",
      include: ["apps/*/src", "packages/*/src"],
      exclude: ["**/*.test.ts"],
    }),
  );
  const compiler = "node_modules/typescript-native/bin/tsc";
  const complaints = await run(
    process.execPath,
    [join(tree.root, compiler), "--noEmit", "-p", config],
    { cwd: tree.root },
  ).then(
    () => "",
    (error: unknown) => (error as { stdout?: string }).stdout ?? String(error),
  );
  expect(complaints).toBe("");
});
