import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
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

/** As an option of `images`: what is built and kept lies in this folder instead of the usual one. */
export const inStore = (folder: string | undefined): RunOptions =>
  folder === undefined ? {} : { environment: { INFRA_HOME: folder } };

export const podman = (...args: string[]): Promise<string> =>
  images(["podman", ...args]);

/** The path of a tool, which is compiled the first time. */
export const tool = (name: string): Promise<string> =>
  run(join(folder, "gotool.sh"), [name]);

/**
 * Docker's API on a socket, for as long as `work` takes; it is given the address. Podman leaves it to others to ask
 * containers how they are: we do, once a second.
 */
export async function withDockerApi<T>(
  work: (dockerHost: string) => Promise<T>,
): Promise<T> {
  const answer = await images(["serve"]);
  const done = new AbortController();
  const asking = askContainers(done.signal);
  try {
    return await work(/DOCKER_HOST=(\S+)/.exec(answer)?.[1] ?? "");
  } finally {
    done.abort();
    await asking;
    await images(["unserve"]);
  }
}

async function askContainers(done: AbortSignal): Promise<void> {
  while (!done.aborted) {
    const ids = await podman("ps", "-q", "--filter", "status=running");
    for (const id of ids.split("\n").filter(Boolean))
      await podman("healthcheck", "run", id).catch(() => undefined);
    await sleep(1_000, undefined, { signal: done }).catch(() => undefined);
  }
}
