import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { root } from "../bundle.ts";
import { run, type RunOptions } from "./shell.ts";

/** Scripts that build and run images where there is no Docker: `INFRA_SCRIPTS`, or `shared/infra` beside the checkout. */
const folder = resolve(root, process.env["INFRA_SCRIPTS"] ?? "../shared/infra");

export function requireInfra(): void {
  if (existsSync(join(folder, "images.sh"))) return;
  throw new Error(
    `There is no images.sh in ${folder}; name its folder with INFRA_SCRIPTS.`,
  );
}

/** `images.sh`: buildah and podman with a store of their own. */
export const images = (
  args: readonly string[],
  options?: RunOptions,
): Promise<string> => run(join(folder, "images.sh"), args, options);

export const podman = (...args: string[]): Promise<string> =>
  images(["podman", ...args]);

/** The path of a tool, which is compiled the first time. */
export const tool = (name: string): Promise<string> =>
  run(join(folder, "gotool.sh"), [name]);

/** Docker's API on a socket, for as long as `work` takes; it is given the address. */
export async function withDockerApi<T>(
  work: (dockerHost: string) => Promise<T>,
): Promise<T> {
  const answer = await images(["serve"]);
  try {
    return await work(/DOCKER_HOST=(\S+)/.exec(answer)?.[1] ?? "");
  } finally {
    await images(["unserve"]);
  }
}
