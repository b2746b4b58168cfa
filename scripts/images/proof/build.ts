import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { root } from "../bundle.ts";
import type { Image } from "../images.ts";
import { images, inStore, podman } from "./infra.ts";
import { run, say } from "./shell.ts";

const nodeImage = /NODE_IMAGE=(\S+)/;

/** The image that the Dockerfile begins from, made on the spot under its name, which is returned. */
export async function makeBase(dockerfile: string): Promise<string> {
  const wanted = nodeImage.exec(dockerfile)?.[1] ?? "";
  say(`Making a stand-in for ${wanted}`);
  await images(["base"]);
  const made = "docker.io/library/node:24-bookworm-slim";
  const version = await images([
    "run",
    "--rm",
    "--network=none",
    made,
    "node",
    "-v",
  ]);
  if (!wanted.includes(`:${version.slice(1)}-`))
    throw new Error(`The stand-in has Node ${version}, not that of ${wanted}.`);
  await podman("tag", made, wanted);
  return wanted;
}

/** The name that the compose file gives an image. */
export const tagOf = (image: Image, version: string): string =>
  `docker.io/cartwright/${image.name}:${version}`;

/**
 * Builds an image from the Dockerfile.
 * @param store the folder of another store than the usual one
 */
export const buildImage = (
  { kind, name }: Image,
  tag: string,
  store?: string,
): Promise<void> =>
  buildTarget(kind, tag, ["--build-arg", `IMAGE=${name}`], store);

/** Builds the image in which sources run as they are. */
export const buildDevelopment = (tag: string): Promise<void> =>
  buildTarget("development", tag);

/** What npm needs here to reach its registry stays out of all layers. */
async function buildTarget(
  target: string,
  tag: string,
  options: readonly string[] = [],
  store?: string,
): Promise<void> {
  const secrets = [
    ["npmrc", join(homedir(), ".npmrc")],
    ["certificates", process.env["NODE_EXTRA_CA_CERTS"] ?? ""],
  ].flatMap(([id, file = ""]) =>
    existsSync(file) ? ["--secret", `id=${id},src=${file}`] : [],
  );
  const args = [
    ...["--layers", "--quiet", "--format", "docker"],
    ...["--target", target, ...options],
    ...["--build-arg", `SOURCE_DATE_EPOCH=${await dateOfCommit()}`],
    ...secrets,
  ];
  await images(["build", tag, root, ...args], inStore(store));
}

let commitDate: Promise<string> | undefined;

/** Seconds since 1970, of the commit that is built: the same for all images of a proof, whoever commits meanwhile. */
export const dateOfCommit = (): Promise<string> =>
  (commitDate ??= run("git", ["log", "-1", "--format=%ct"], { cwd: root }));
