import { readFileSync } from "node:fs";
import { join } from "node:path";
import { codeBlocks } from "./code-blocks.ts";
import { runShell, type Ended } from "./shell.ts";

/** The commands of a runbook, each block on its own, with the login that stands in the first. */
export type Runbook = {
  readonly blocks: readonly string[];
  run(
    block: string,
    variables?: Readonly<Record<string, string>>,
  ): Promise<Ended>;
  /** The first block with these words in it. */
  containing(words: string): string;
};

export function openRunbook(
  platform: { readonly url: string },
  name: string,
): Runbook {
  const path = join(import.meta.dirname, "../../docs/runbooks", name);
  const text = readFileSync(path, "utf8");
  const [login = "", ...blocks] = codeBlocks(text, "bash").map((block) =>
    block.replace("http://localhost:8080", platform.url),
  );
  return {
    blocks,
    run: (block, variables = {}) => runShell(login + block, variables),
    containing(words) {
      const block = blocks.find((one) => one.includes(words));
      if (block === undefined) throw new Error(`${name} says no ${words}.`);
      return block;
    },
  };
}
