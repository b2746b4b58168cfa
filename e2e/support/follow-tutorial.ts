import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { applyPatch } from "./apply-patch.ts";
import { environmentOn, startByNpm, type Started } from "./npm-start.ts";
import { runShell } from "./shell.ts";
import type { Block } from "./tutorial.ts";

type Reader = {
  readonly folder: string;
  /** Of every command: the ports are free, and nothing is fetched. */
  readonly environment: Readonly<Record<string, string>>;
  /** What runs in another terminal. */
  platform: Started | undefined;
};

/** Does in the folder what the tutorial says, word by word; the first block that does not come true fails by its place. */
export async function followTutorial(
  blocks: readonly Block[],
  folder: string,
): Promise<void> {
  const environment = {
    ...(await environmentOn(folder)),
    npm_config_offline: "true",
  };
  const reader: Reader = { folder, environment, platform: undefined };
  try {
    for (const block of blocks) await follow(block, reader);
  } finally {
    await reader.platform?.stop();
  }
}

async function follow(block: Block, reader: Reader): Promise<void> {
  switch (block.kind) {
    case "file":
      write(block, reader);
      return;
    case "change":
      apply(block, reader);
      return;
    case "command": {
      const isStart = block.text.trim() === "npm start";
      if (!isStart) return run(block, reader);
      await reader.platform?.stop();
      reader.platform = undefined;
      if (block.isRefused) return run(block, reader);
      reader.platform = await startByNpm(reader.folder, reader.environment);
    }
  }
}

function write({ file, text }: Block & { kind: "file" }, { folder }: Reader) {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), text);
}

function apply({ place, text }: Block, { folder }: Reader): void {
  try {
    applyPatch(text, folder);
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    throw new Error(`${place}: this change no longer applies:\n${said}`, {
      cause: error,
    });
  }
}

async function run(
  { place, text, isRefused, shown }: Block & { kind: "command" },
  { folder, environment, platform }: Reader,
): Promise<void> {
  const script = platform
    ? text.replaceAll("http://localhost:8080", platform.url)
    : text;
  const { status, output } = await runShell(
    `set -e\n${script}`,
    environment,
    folder,
  );
  if ((status !== 0) !== isRefused)
    throw new Error(
      `${place}: this ends with ${String(status)}, having said:\n${output}`,
    );
  const unsaid = shown.filter((line) => !isSaid(line, output));
  if (unsaid.length > 0)
    throw new Error(
      `${place}: this does not say ${unsaid.join(" / ")}, but:\n${output}`,
    );
}

/** `…` in a line stands for anything. */
const isSaid = (line: string, output: string): boolean =>
  output.split("\n").some((said) => {
    let from = 0;
    return line
      .trim()
      .split("…")
      .every((part) => {
        const found = said.indexOf(part, from);
        from = found + part.length;
        return found >= 0;
      });
  });
