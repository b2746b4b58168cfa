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
export async function generatePage(path: string, text: string): Promise<void> {
  const made = await format(text, { parser: "markdown" });
  const file = join(root, path);
  if (!process.argv.includes("--check")) writeFileSync(file, made);
  else if (readFileSync(file, "utf8") !== made) {
    console.error(`${path} is not what its sources say: npm run docs`);
    process.exitCode = 1;
  }
}
