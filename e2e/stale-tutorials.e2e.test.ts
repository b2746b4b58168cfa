import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { followTutorial } from "./support/follow-tutorial.ts";
import { blocksIn } from "./support/tutorial.ts";

/** A tutorial that no longer comes true is found out, and says where. */
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "cartwright-stale-"));
  writeFileSync(join(folder, "a.ts"), "export const a = 1;\n");
});
afterEach(() => rmSync(folder, { recursive: true }));

const fenced = (language: string, text: string) =>
  `Words.\n\n\`\`\`${language}\n${text}\n\`\`\`\n`;
const changing = (from: number) =>
  fenced(
    "diff",
    `--- a/a.ts\n+++ b/a.ts\n@@ -1 +1 @@\n-export const a = ${from};\n+export const a = 3;`,
  );
const follow = (tutorial: string) =>
  followTutorial(blocksIn("tutorial.md", tutorial), folder);

it("writes files, changes others and runs what is to be typed", async () => {
  await follow(
    [
      fenced('ts title="b/b.ts"', 'export const b = "b";'),
      changing(1),
      fenced("bash", "cat a.ts b/b.ts"),
      fenced("text", 'export const … = 3;\nexport const b = "b";'),
    ].join("\n"),
  );
  expect(readFileSync(join(folder, "a.ts"), "utf8")).toContain("3");
});

it("names the change that no longer applies", async () => {
  await expect(follow(fenced("bash", "true") + changing(2))).rejects.toThrow(
    "tutorial.md, line 8: this change no longer applies",
  );
});

it("names the command that fails, and what it said", async () => {
  await expect(follow(fenced("bash", "echo no; false"))).rejects.toThrow(
    "tutorial.md, line 3: this ends with 1, having said:\nno",
  );
});

it("names the command that should be refused and is not", async () => {
  await expect(follow(fenced("bash refused", "true"))).rejects.toThrow(
    "tutorial.md, line 3: this ends with 0",
  );
});

it("names the command that says something else", async () => {
  await expect(
    follow(fenced("bash", "echo four") + fenced("text", "five")),
  ).rejects.toThrow("tutorial.md, line 3: this does not say five, but:\nfour");
});

it("names a block that nobody can follow", () => {
  expect(() => blocksIn("tutorial.md", fenced("ts", "1;"))).toThrow(
    "tutorial.md, line 3: a block is a file with a title",
  );
});
