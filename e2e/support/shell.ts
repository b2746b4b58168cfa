import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { minutes } from "@cartwright/kernel/duration";

export type Ended = {
  readonly status: number | null;
  /** What was written to both streams. */
  readonly output: string;
};

/** Runs a script in the checkout, or in a copy of it, as a reader of the documentation would, with these variables set besides. */
export async function runShell(
  script: string,
  variables: Readonly<Record<string, string>>,
  folder = join(import.meta.dirname, "../.."),
): Promise<Ended> {
  const { PATH, HOME, LANG } = process.env;
  const child = spawn("bash", ["-c", script], {
    cwd: folder,
    env: { PATH, HOME, LANG, ...variables },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: minutes(5), // none of them takes so long, unless it waits for what never comes
  });
  let output = "";
  const keep = (text: string) => (output += text);
  child.stdout.setEncoding("utf8").on("data", keep);
  child.stderr.setEncoding("utf8").on("data", keep);
  const [status] = (await once(child, "close")) as [number | null];
  return { status, output };
}
