import { readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { images, type Image } from "../../images/images.ts";
import { buildImage, makeBase, tagOf } from "../../images/proof/build.ts";
import { images as imagesScript } from "../../images/proof/infra.ts";
import { root } from "../tools.ts";
import type { Cluster } from "./cluster.ts";

/** What the chart runs. */
const wanted = images.filter(
  ({ name }) => name !== "all-in-one" && name !== "ops",
);

/**
 * Builds the project's images and gives them to the cluster.
 * @param isBuilt whether they lie in the store already, for instance from another proof of the same checkout
 */
export async function loadImages(
  cluster: Cluster,
  folder: string,
  { version, isBuilt }: { readonly version: string; readonly isBuilt: boolean },
): Promise<void> {
  if (!isBuilt) await makeBase(readFileSync(join(root, "Dockerfile"), "utf8"));
  for (const image of wanted) {
    const tag = tagOf(image, version);
    if (!isBuilt) await buildImage(image, tag);
    await load(cluster, image, tag, folder);
  }
}

async function load(
  cluster: Cluster,
  image: Image,
  tag: string,
  folder: string,
): Promise<void> {
  const archive = join(folder, `${image.name}.tar`);
  await imagesScript(["save", tag, archive]);
  await cluster.load(archive);
  await rm(archive);
}
