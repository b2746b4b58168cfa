import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

export type Ended = {
  readonly status: number | null;
  /** What was written to both streams. */
  readonly output: string;
};

/** Runs a script in the checkout as a reader of the documentation would, with these variables set besides. */
export async function runShell(
  script: string,
  variables: Readonly<Record<string, string>>,
): Promise<Ended> {
  const { PATH, HOME, LANG } = process.env;
  const child = spawn("bash", ["-c", script], {
    cwd: join(import.meta.dirname, "../.."),
    env: { PATH, HOME, LANG, ...variables },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  const keep = (text: string) => (output += text);
  child.stdout.setEncoding("utf8").on("data", keep);
  child.stderr.setEncoding("utf8").on("data", keep);
  const [status] = (await once(child, "close")) as [number | null];
  return { status, output };
}
