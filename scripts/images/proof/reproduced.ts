import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Image } from "../images.ts";
import { buildImage } from "./build.ts";
import { images, inStore, podman } from "./infra.ts";
import { say } from "./shell.ts";

export type Built = { readonly image: Image; readonly tag: string };

/**
 * Builds all of them once more, in a store that has nothing but what the Dockerfile begins from: every layer has to be
 * the same, to the byte.
 */
export async function checkReproduced(
  built: readonly Built[],
  base: string,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "cartwright-again-"));
  const second = (...args: string[]) =>
    images(["podman", ...args], inStore(folder));
  try {
    const archive = join(folder, "base.tar");
    await podman("save", "--quiet", "--output", archive, base);
    await second("load", "--quiet", "--input", archive);
    const different: string[] = [];
    for (const { image, tag } of built) {
      await buildImage(image, tag, folder);
      const layers = ["image", "inspect", "--format", "{{json .RootFS}}", tag];
      if ((await podman(...layers)) !== (await second(...layers)))
        different.push(image.name);
    }
    if (different.length > 0)
      throw new Error(
        `Built twice, and not the same: ${different.join(", ")}.`,
      );
    say(`Built once more from nothing: all ${built.length} are the same`);
  } finally {
    // With a folder of its own for networks too: a reset removes those of the whole machine otherwise.
    const networks = ["--network-config-dir", join(folder, "networks")];
    await second(...networks, "system", "reset", "--force");
    await rm(folder, { recursive: true, force: true });
  }
}
