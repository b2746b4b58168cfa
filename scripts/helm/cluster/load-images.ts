import { readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { images } from "../../images/images.ts";
import { buildImage, makeBase, tagOf } from "../../images/proof/build.ts";
import { podman } from "../../images/proof/infra.ts";
import { makeStandIns } from "../../images/proof/stand-ins.ts";
import { chart, root } from "../tools.ts";
import type { Cluster } from "./cluster.ts";

/** What the chart runs. */
const wanted = images.filter(
  ({ name }) => name !== "all-in-one" && name !== "ops",
);

/** What the chart's own Redis runs. */
function redisImage(): string {
  const values = readFileSync(join(chart, "values.yaml"), "utf8");
  const [, image] = /image: (\S+\/redis:\S+)/.exec(values) ?? [];
  if (image === undefined) throw new Error("values.yaml names no Redis.");
  return image;
}

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
  const redis = await makeStandIns([redisImage()]);
  const archive = join(folder, "images.tar");
  const tags = [...wanted.map((image) => tagOf(image, version)), ...redis];
  await podman("save", "-q", "-m", "-o", archive, ...tags);
  await cluster.load(archive);
  await rm(archive);
}
