import { once } from "node:events";
import { runFile } from "./run-file.ts";

/** Runs a file of the checkout to its end; another end than a good one is an error. */
export async function runOnce(
  file: string,
  environment: Readonly<Record<string, string>>,
): Promise<void> {
  const child = runFile(file, environment, "inherit");
  const [code] = (await once(child, "exit")) as [number | null];
  if (code !== 0) throw new Error(`${file} failed; its reason stands above.`);
}
