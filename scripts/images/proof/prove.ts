import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../bundle.ts";
import { images } from "../images.ts";
import { buildImage, makeBase } from "./build.ts";
import { biting, builtTwice, complaintsAbout } from "./check-compose.ts";
import { checkImage } from "./check-image.ts";
import { composeOf, resolved, type ComposeFile } from "./compose.ts";
import { compressed } from "./compressed.ts";
import { requireInfra, tool, withDockerApi } from "./infra.ts";
import { olderEngine } from "./older-engine.ts";
import { checkReproduced, type Built } from "./reproduced.ts";
import { say, unlessInterrupted } from "./shell.ts";
import { makeStandIns } from "./stand-ins.ts";
import { tryAll, writeEnvironment } from "./trials.ts";

/** From the Dockerfile to confirmed orders in containers, and back to nothing. Throws at the first thing that is wrong. */
export async function prove(): Promise<void> {
  requireInfra();
  const folder = await mkdtemp(join(tmpdir(), "cartwright-containers-"));
  try {
    const environmentFile = join(folder, "checked.env");
    // With everything that the file can pass on.
    await writeEnvironment(environmentFile, "full");
    const client = await tool("docker-compose");
    const surroundings = { client, project: "cartwright", environmentFile };
    const file = await checkFiles(surroundings);
    await unlessInterrupted(make(file));
    const override = join(folder, "older-engine.yml");
    await writeFile(override, olderEngine(file));
    await withDockerApi((dockerHost) =>
      tryAll({ folder, client, override, dockerHost }),
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Every profile, and the override for developers, as the client resolves them; returns all services there are. */
async function checkFiles(
  surroundings: Parameters<typeof composeOf>[0],
): Promise<ComposeFile> {
  const compose = composeOf(surroundings);
  for (const profile of ["core", "full", "single"]) {
    const { services } = await resolved(compose, [profile]);
    say(`Profile ${profile}: ${Object.keys(services).join(", ")}`);
  }
  const all = await resolved(compose, ["*"]);
  const complaints = complaintsAbout(all);
  if (complaints.length > 0)
    throw new Error(`In docker-compose.yml:\n  ${complaints.join("\n  ")}`);
  if (!biting(all)) throw new Error("The check of variables sees nothing.");
  const files = ["docker-compose.yml", "docker-compose.dev.yml"];
  const development = await resolved(composeOf({ ...surroundings, files }), [
    "*",
  ]);
  const twice = [...builtTwice(all), ...builtTwice(development)];
  if (twice.length > 0)
    throw new Error(`Built by several services: ${twice.join(", ")}.`);
  say("Every program is told all that it asks for, and nothing else");
  return all;
}

/** Every image, from nothing and once more, and what is published by others. */
async function make({ services }: ComposeFile): Promise<void> {
  const base = await makeBase(await readFile(join(root, "Dockerfile"), "utf8"));
  await makeStandIns(
    Object.values(services)
      .map(({ image }) => image)
      .filter((image) => !image.includes("/cartwright/")),
  );
  const built = images.map((image): Built => {
    const tag = services[image.name]?.image;
    if (tag === undefined)
      throw new Error(`docker-compose.yml does not use ${image.name}.`);
    return { image, tag };
  });
  say(`Building ${built.length} images, which takes minutes`);
  for (const { image, tag } of built) await buildImage(image, tag);
  say(`Built ${built.length} images`);
  const sizes = await compressed(built.map(({ tag }) => tag));
  for (const [n, { image, tag }] of built.entries()) {
    const { size, packages } = await checkImage(image, tag);
    const [unpacked, packed] = [size, sizes[n] ?? 0].map((bytes) =>
      (bytes / 1e6).toFixed(1),
    );
    say(
      `${tag}: ${unpacked} MB, ${packed} MB compressed, ${packages} packages`,
    );
  }
  say("Building all of them once more, from nothing");
  await checkReproduced(built, base);
}
