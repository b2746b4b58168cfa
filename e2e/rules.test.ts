import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
const page = readFileSync(join(root, "docs/rules.md"), "utf8");
const named = [
  ...page.matchAll(/\]\(\.\.\/([^)]+)\): _(.+?)_(?=<br>| *\|)/g),
].map(([, file = "", name = ""]) => ({ file, name }));

/** Formatting may break a long name over lines only where the source does; names are compared without spaces. */
const squeezed = (text: string): string => text.replaceAll(/\s+/g, " ");

it("has a test for every rule", () => {
  const rows = page.split("\n").filter((line) => /^\| (?!rule|---)/.test(line));
  expect(rows.length).toBeGreaterThan(30);
  expect(rows.filter((row) => !row.includes("](../"))).toEqual([]);
});

it.each(named)("$file keeps: $name", ({ file, name }) => {
  const path = join(root, file);
  expect(existsSync(path)).toBe(true);
  expect(squeezed(readFileSync(path, "utf8"))).toContain(squeezed(name));
});
