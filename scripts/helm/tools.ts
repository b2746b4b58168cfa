import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

export const root = join(import.meta.dirname, "../..");
export const chart = join(root, "helm/cartwright");

/** Where the scripts lie that install what a proof needs. */
export const infra = process.env.INFRA_SCRIPTS ?? join(root, "../shared/infra");

/** The path of a tool: from the folder CHART_TOOLS, or compiled on the spot, which takes minutes the first time. */
export function tool(name: string): string {
  const { CHART_TOOLS: folder } = process.env;
  if (folder !== undefined) {
    const path = join(folder, name);
    if (!existsSync(path)) throw new Error(`CHART_TOOLS has no ${name}.`);
    return path;
  }
  const script = join(infra, "gotool.sh");
  if (!existsSync(script))
    throw new Error(
      `${name} is needed: name a folder that has it in CHART_TOOLS.`,
    );
  return run(script, [name]).trim();
}

/** What a command says, when it ends well; else an error with all that it said. */
export function run(
  command: string,
  args: readonly string[],
  options: { input?: string; env?: Record<string, string> } = {},
): string {
  try {
    return execFileSync(command, args, {
      cwd: root,
      encoding: "utf8",
      maxBuffer: 2 ** 28,
      stdio: ["pipe", "pipe", "pipe"],
      ...(options.input !== undefined && { input: options.input }),
      env: { ...process.env, ...options.env },
    });
  } catch (error) {
    const { stdout = "", stderr = "" } = error as {
      stdout?: string;
      stderr?: string;
    };
    throw new Error(
      `${command} ${args.slice(0, 3).join(" ")}\n${stdout}${stderr}`,
      { cause: error },
    );
  }
}
