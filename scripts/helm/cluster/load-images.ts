import { readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { images } from "../../images/images.ts";
import { buildImage, makeBase, tagOf } from "../../images/proof/build.ts";
import { podman } from "../../images/proof/infra.ts";
import { root } from "../tools.ts";
import type { Cluster } from "./cluster.ts";

/** What the chart runs. */
const wanted = images.filter(
  ({ name }) => name !== "all-in-one" && name !== "ops",
);

/**
 * Builds the project's images and gives them to the cluster, all in one archive: most of their layers are the same.
 * @param isBuilt whether they lie in the store already, for instance from another proof of the same checkout
 */
export async function loadImages(
  cluster: Cluster,
  folder: string,
  { version, isBuilt }: { readonly version: string; readonly isBuilt: boolean },
): Promise<void> {
  if (!isBuilt) {
    await makeBase(readFileSync(join(root, "Dockerfile"), "utf8"));
    for (const image of wanted) await buildImage(image, tagOf(image, version));
  }
  const archive = join(folder, "images.tar");
  const tags = wanted.map((image) => tagOf(image, version));
  await podman("save", "-q", "-m", "-o", archive, ...tags);
  await cluster.load(archive);
  await rm(archive);
}
