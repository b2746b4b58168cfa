import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "./bundle.ts";

const names = /^(licen[cs]e|copying|notice)/i;

/** The licences of the packages, as they ask to be handed on with copies of them. */
export async function licencesOf(packages: readonly string[]): Promise<string> {
  const texts = await Promise.all(packages.map(licenceOf));
  return texts.join("\n");
}

async function licenceOf(folder: string): Promise<string> {
  const files = (await readdir(join(root, folder))).filter((file) =>
    names.test(file),
  );
  const texts = await Promise.all(
    files.sort().map((file) => readFile(join(root, folder, file), "utf8")),
  );
  const title = folder.slice(folder.lastIndexOf("node_modules/") + 13);
  return [`${title}\n${"=".repeat(title.length)}`, ...texts, ""].join("\n");
}
