import { readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { images, type Image } from "../../images/images.ts";
import { buildImage, makeBase, tagOf } from "../../images/proof/build.ts";
import { podman } from "../../images/proof/infra.ts";
import { say } from "../../images/proof/shell.ts";
import { makeStandIns } from "../../images/proof/stand-ins.ts";
import { chart, root } from "../tools.ts";
import type { Cluster } from "./cluster.ts";

/** An image, and the name that it is to be pulled by. */
export type Pushed = { readonly image: Image; readonly tag: string };

/** For a shell without a Docker: it says what it was asked for, in lines that `pushed` reads. */
export const recordingDocker = 'docker() { echo "docker $*"; }';

/** For a shell that is in no checkout: the one it takes itself to be in is at this commit. */
export const checkoutAt = (commit: string): string =>
  `git() { [ "$*" = "describe --always" ] && echo ${commit}; }`;

/** What the page has its reader build and push; throws when that is not all that the chart runs. */
export function pushed(said: string): Pushed[] {
  const tags = [...said.matchAll(/^docker push (\S+)$/gm)].map(
    ([, tag]) => tag,
  );
  const build =
    /^docker build --target (\w+) --build-arg IMAGE=(\S+) -t (\S+) \.$/gm;
  const asked = [...said.matchAll(build)].map(
    ([line, kind, name, tag = ""]) => {
      const image = images.find(
        (one) => one.name === name && one.kind === kind,
      );
      if (image && tags.includes(tag)) return { image, tag };
      throw new Error(`${line}: there is no such image, or nobody pushes it.`);
    },
  );
  const missing = images.filter(
    ({ name }) =>
      name !== "all-in-one" && !asked.some(({ image }) => image.name === name),
  );
  if (missing.length === 0) return asked;
  const names = missing.map(({ name }) => name).join(", ");
  throw new Error(`The chart runs what the page does not build: ${names}.`);
}

/** The tag that the chart's images have unless one is given. */
export function appVersion(): string {
  const about = readFileSync(join(chart, "Chart.yaml"), "utf8");
  const [, version] = /^appVersion: (\S+)$/m.exec(about) ?? [];
  if (version === undefined) throw new Error("Chart.yaml has no appVersion.");
  return version;
}

/** What the chart's own Redis runs. */
export function redisImage(): string {
  const values = readFileSync(join(chart, "values.yaml"), "utf8");
  const [, image] = /image: (\S+\/redis:\S+)/.exec(values) ?? [];
  if (image === undefined) throw new Error("values.yaml names no Redis.");
  return image;
}

/**
 * Builds images and gives them to the cluster, all in one archive: most of their layers are the same.
 * @param isBuilt whether they lie in the store already, for instance from another proof of the same checkout
 */
export async function loadImages(
  cluster: Cluster,
  folder: string,
  wanted: readonly Pushed[],
  { version, isBuilt }: { readonly version: string; readonly isBuilt: boolean },
): Promise<void> {
  if (!isBuilt) {
    await makeBase(readFileSync(join(root, "Dockerfile"), "utf8"));
    const different = new Set(wanted.map(({ image }) => image));
    say(`Building ${different.size} images, which takes minutes`);
    for (const image of different)
      await buildImage(image, tagOf(image, version));
  }
  const redis = await makeStandIns([redisImage()]);
  const tags = wanted.map(({ tag }) => tag);
  for (const { image, tag } of wanted)
    await podman("tag", tagOf(image, version), tag);
  const archive = join(folder, "images.tar");
  await podman("save", "-q", "-m", "-o", archive, ...tags, ...redis);
  for (const tag of tags) await podman("untag", tag, tag);
  await cluster.load(archive);
  await rm(archive);
}
