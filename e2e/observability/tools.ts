import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { minutes } from "@cartwright/kernel/duration";

const run = promisify(execFile);

export const root = resolve(import.meta.dirname, "../..");
export const infra = join(root, "infra");

/** Where the scripts lie that install and start the real components. */
const scripts = resolve(
  root,
  process.env["INFRA_SCRIPTS"] ?? "../shared/infra",
);

type Environment = Readonly<Record<string, string>>;

/** Runs a command to its end; its output is part of the error when it fails. */
export async function command(
  file: string,
  args: readonly string[],
  environment: Environment = {},
): Promise<string> {
  try {
    const { stdout, stderr } = await run(file, args, {
      cwd: root,
      env: { ...process.env, ...environment },
      timeout: minutes(30), // what is missing is built from source
      maxBuffer: 64 * 1024 * 1024,
    });
    return stdout + stderr;
  } catch (error) {
    const { stdout = "", stderr = "" } = error as Partial<
      Record<"stdout" | "stderr", string>
    >;
    throw new Error(
      `${file} ${args.join(" ")} failed:\n${stdout}${stderr}`.slice(0, 8_000),
      { cause: error },
    );
  }
}

/** Runs one of the scripts that know a component. */
export function component(
  name: string,
  args: readonly string[],
  environment: Environment = {},
): Promise<string> {
  const path = join(scripts, `${name}.sh`);
  if (!existsSync(path))
    throw new Error(
      `${path} is missing: INFRA_SCRIPTS names the folder of the scripts that start real components.`,
    );
  return command("bash", [path, ...args], environment);
}
