import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../bundle.ts";
import { images } from "../images.ts";
import { buildImage, makeBase } from "./build.ts";
import { biting, complaintsAbout } from "./check-compose.ts";
import { checkGone, checkRunning, checkStopped } from "./check-containers.ts";
import { checkImage } from "./check-image.ts";
import {
  composeOf,
  resolved,
  type Compose,
  type ComposeFile,
} from "./compose.ts";
import { freePort } from "./free-port.ts";
import { requireInfra, tool, withDockerApi } from "./infra.ts";
import { olderEngine } from "./older-engine.ts";
import { placeOrder } from "./place-order.ts";
import { run, say } from "./shell.ts";
import { makeStandIns } from "./stand-ins.ts";

/** From the Dockerfile to a confirmed order in containers, and back to nothing. Throws at the first thing that is wrong. */
export async function prove(): Promise<void> {
  requireInfra();
  const folder = await mkdtemp(join(tmpdir(), "cartwright-containers-"));
  try {
    const port = await freePort();
    const environmentFile = join(folder, ".env");
    await writeFile(environmentFile, await generated(port));
    const client = await tool("docker-compose");
    const project = `cartwright-${process.pid}`;
    const surroundings = { client, project, environmentFile };
    const file = await checkFiles(surroundings);
    await build(file);
    const override = join(folder, "older-engine.yml");
    await writeFile(override, olderEngine(file));
    const files = ["docker-compose.yml", override];
    await withDockerApi((dockerHost) =>
      live(composeOf({ ...surroundings, files, dockerHost }), project, port),
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const generated = (port: number): Promise<string> =>
  run(process.execPath, [
    join(root, "scripts/images/generate-env.mjs"),
    "COMPOSE_PROFILES=core,demo",
    `GATEWAY_PORT=${port}`,
  ]);

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
  await resolved(composeOf({ ...surroundings, files }), ["core"]);
  say("Every program is told all that it asks for, and nothing else");
  return all;
}

async function build({ services }: ComposeFile): Promise<void> {
  await makeBase(await readFile(join(root, "Dockerfile"), "utf8"));
  await makeStandIns(
    Object.values(services)
      .map(({ image }) => image)
      .filter((image) => !image.includes("/cartwright/")),
  );
  for (const image of images) {
    const tag = services[image.name]?.image;
    if (tag === undefined)
      throw new Error(`docker-compose.yml does not use ${image.name}.`);
    await buildImage(image, tag);
    const { size, packages } = await checkImage(image, tag);
    say(`${tag}: ${Math.round(size / 1e6)} MB, ${packages} packages`);
  }
}

async function live(
  compose: Compose,
  project: string,
  port: number,
): Promise<void> {
  const asMade = ["--no-build", "--pull", "never"];
  try {
    say("Bringing up the core and the demo shop");
    await compose(["up", "--wait", "--wait-timeout", "240", ...asMade], {
      shown: true,
    });
    const status = await placeOrder(`http://127.0.0.1:${port}/api/v1`);
    say(`The order is ${status}`);
    const services = await checkRunning(project);
    say(`${services} services are healthy, not root, and cannot write`);
    await compose(["stop"]);
    await checkStopped(project);
    say("All stopped by themselves");
  } catch (error) {
    console.error(await compose(["logs", "--tail", "20"]).catch(String));
    throw error;
  } finally {
    await compose(["--profile", "*", "down", "--volumes"]);
  }
  await checkGone(project);
  say("Nothing is left of it");
}
