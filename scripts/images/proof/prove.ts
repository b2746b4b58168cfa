import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { root } from "../bundle.ts";
import { images } from "../images.ts";
import { buildImage, makeBase } from "./build.ts";
import { complaintsAbout } from "./check-compose.ts";
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
import { placeOrder } from "./place-order.ts";
import { run, say } from "./shell.ts";
import { makeStandIns } from "./stand-ins.ts";

const core = ["--profile", "core"];

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
    await withDockerApi((dockerHost) =>
      live(composeOf({ ...surroundings, dockerHost }), project, port),
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const generated = (port: number): Promise<string> =>
  run(process.execPath, [
    join(root, "scripts/images/generate-env.mjs"),
    `GATEWAY_PORT=${port}`,
  ]);

/** Every profile, and the override for developers, as the client resolves them; returns the core. */
async function checkFiles(
  surroundings: Parameters<typeof composeOf>[0],
): Promise<ComposeFile> {
  const compose = composeOf(surroundings);
  const all = await resolved(compose, ["*"]);
  for (const profile of ["core", "full", "single", "demo", "tools"]) {
    const file = await resolved(compose, [profile]);
    say(`Profile ${profile}: ${Object.keys(file.services).join(", ")}`);
  }
  const complaints = complaintsAbout(all);
  if (complaints.length > 0)
    throw new Error(`In docker-compose.yml:\n  ${complaints.join("\n  ")}`);
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
  const up = ["up", "--detach", "--no-build", "--pull", "never"];
  try {
    say("Bringing up the core");
    await compose([...core, ...up], { shown: true });
    await untilReady(port);
    say("Stocking the demo shop");
    await compose([...core, "run", "--rm", "--no-deps", "demo-shop"]);
    const status = await placeOrder(`http://127.0.0.1:${port}/api/v1`);
    say(`The order is ${status}`);
    const services = await checkRunning(project);
    say(`${services} services are healthy, not root, and cannot write`);
    await compose([...core, "stop"]);
    await checkStopped(project);
    say("All stopped by themselves");
  } catch (error) {
    console.error(await compose([...core, "logs", "--tail", "20"]));
    throw error;
  } finally {
    await compose([
      ...["--profile", "*", "down", "--volumes", "--remove-orphans"],
    ]);
  }
  await checkGone(project);
  say("Nothing is left of it");
}

/** `up` returns when the last container has started; the gateway is the last. */
async function untilReady(port: number): Promise<void> {
  const end = performance.now() + 120_000;
  const isReady = () =>
    fetch(`http://127.0.0.1:${port}/health/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
  while (!(await isReady())) {
    if (performance.now() > end)
      throw new Error("The gateway is not ready after 120 s.");
    await sleep(200);
  }
}
