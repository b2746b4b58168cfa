import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { podman } from "./infra.ts";

type Descriptor = { readonly digest: string; readonly size: number };
type Index = { readonly manifests: readonly Descriptor[] };
type Manifest = { readonly layers: readonly Descriptor[] };

/** Bytes of the layers of each image as a registry would keep and hand them out. */
export async function compressed(
  tags: readonly string[],
): Promise<readonly number[]> {
  const folder = await mkdtemp(join(tmpdir(), "cartwright-compressed-"));
  const read = async <T>(...path: string[]): Promise<T> =>
    JSON.parse(await readFile(join(folder, ...path), "utf8")) as T;
  try {
    const sizes: number[] = [];
    for (const [n, tag] of tags.entries()) {
      await podman("push", "--quiet", tag, `oci:${folder}:${n}`);
      const { manifests } = await read<Index>("index.json");
      const [, hash = ""] = manifests.at(-1)?.digest.split(":") ?? [];
      const { layers } = await read<Manifest>("blobs/sha256", hash);
      sizes.push(layers.reduce((sum, { size }) => sum + size, 0));
    }
    return sizes;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
