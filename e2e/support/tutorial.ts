import { readFileSync } from "node:fs";
import { join } from "node:path";

/** What a block asks for. */
type Meaning =
  | { readonly kind: "file"; readonly file: string }
  | { readonly kind: "change" }
  | {
      readonly kind: "command";
      /** It ends with an error, and is meant to. */
      readonly isRefused: boolean;
      /** Lines that are shown below it: each is somewhere in what it says. */
      readonly shown: readonly string[];
    };

/** A fenced block of a tutorial. */
export type Block = Meaning & {
  /** Where it stands, for whoever has to mend it: `add-a-service.md, line 12`. */
  readonly place: string;
  readonly text: string;
};

const fence = /^```(\w+) ?(.*)\n([\s\S]*?)^```$/gm;

export function readTutorial(name: string): Block[] {
  const path = join(import.meta.dirname, "../../docs/tutorials", name);
  return blocksIn(name, readFileSync(path, "utf8"));
}

/**
 * A block with a `title` is a file to write, `diff` is a change to files, `bash` is what the reader types, and `text`
 * below it is what the reader then sees.
 */
export function blocksIn(name: string, tutorial: string): Block[] {
  const blocks: Block[] = [];
  for (const match of tutorial.matchAll(fence)) {
    const [, language = "", more = "", text = ""] = match;
    const line = tutorial.slice(0, match.index).split("\n").length;
    const place = `${name}, line ${line}`;
    if (language === "text") {
      const command = blocks.pop();
      if (command?.kind !== "command")
        throw new Error(`${place}: there is no command above this output.`);
      blocks.push({ ...command, shown: text.trimEnd().split("\n") });
      continue;
    }
    blocks.push({ place, text, ...meaningOf(language, more, place) });
  }
  return blocks;
}

function meaningOf(language: string, more: string, place: string): Meaning {
  const [, file] = /title="([^"]+)"/.exec(more) ?? [];
  if (file !== undefined) return { kind: "file", file };
  if (language === "diff") return { kind: "change" };
  if (language === "bash")
    return { kind: "command", isRefused: more === "refused", shown: [] };
  throw new Error(
    `${place}: a block is a file with a title, diff, bash or text, not ${language}.`,
  );
}
