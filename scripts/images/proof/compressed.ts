import { createReadStream } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createGzip } from "node:zlib";
import { podman } from "./infra.ts";
import { run } from "./shell.ts";

type Saved = {
  readonly RepoTags: readonly string[];
  readonly Layers: readonly string[];
};

/** Bytes of the layers of each image as a registry would keep and hand them out; layers of several are packed once. */
export async function compressed(
  tags: readonly string[],
): Promise<readonly number[]> {
  const folder = await mkdtemp(join(tmpdir(), "cartwright-compressed-"));
  const archive = join(folder, "images.tar");
  try {
    await podman("save", "--quiet", "-m", "-o", archive, ...tags);
    await run("tar", ["-xf", archive, "-C", folder]);
    const saved = JSON.parse(
      await readFile(join(folder, "manifest.json"), "utf8"),
    ) as readonly Saved[];
    const layers = [...new Set(saved.flatMap(({ Layers }) => Layers))];
    const sizes = new Map(
      await Promise.all(
        layers.map(
          async (layer) => [layer, await packed(join(folder, layer))] as const,
        ),
      ),
    );
    return tags.map((tag) => {
      const image = saved.find(({ RepoTags }) => RepoTags.includes(tag));
      if (!image) throw new Error(`podman has not saved ${tag}.`);
      return image.Layers.reduce((sum, one) => sum + (sizes.get(one) ?? 0), 0);
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function packed(file: string): Promise<number> {
  let size = 0;
  for await (const chunk of createReadStream(file).pipe(createGzip()))
    size += (chunk as Buffer).length;
  return size;
}
