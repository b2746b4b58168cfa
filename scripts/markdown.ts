import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { format } from "prettier";

const root = join(import.meta.dirname, "..");

const cell = (text: string): string =>
  text.replaceAll("|", "\\|").replaceAll("\n", " ");

export const code = (text: string): string => `\`${text}\``;

export const table = (
  head: readonly string[],
  rows: readonly (readonly string[])[],
): string =>
  [head, head.map(() => "---"), ...rows]
    .map((row) => `| ${row.map(cell).join(" | ")} |`)
    .join("\n");

/** Writes a generated page, or with `--check` fails when the one that is there says something else. */
export function writePage(path: string, page: string): void {
  const file = join(root, path);
  if (!process.argv.includes("--check")) writeFileSync(file, page);
  else if (readFileSync(file, "utf8") !== page) {
    console.error(`${path} is not what its sources say: npm run docs`);
    process.exitCode = 1;
  }
}

/** As `writePage`, with the tables aligned. */
export const generatePage = async (path: string, text: string): Promise<void> =>
  writePage(path, await format(text, { parser: "markdown" }));
