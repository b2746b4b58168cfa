import type { Image } from "../images.ts";
import { images, podman } from "./infra.ts";

/** Bytes, all layers unpacked; Node alone is 125 MB of it. */
const largest = 165_000_000;

export type Seen = { readonly size: number; readonly packages: number };

type Inspected = {
  readonly Size: number;
  readonly User: string;
  readonly Healthcheck?: unknown;
  readonly Config: { readonly Env: readonly string[] };
};

/** Says of itself who it is, whether it may write, and what its SBOM names. */
const lookWithin = `
import { readFileSync, writeFileSync } from "node:fs";
const written = (path) => { try { writeFileSync(path, ""); return true; } catch { return false; } };
const { components } = JSON.parse(readFileSync("/app/sbom.cdx.json", "utf8"));
console.log(JSON.stringify({ uid: process.getuid(), writes: ["/x", "/app/main.js"].filter(written), packages: components.length }));
`;

type Within = {
  readonly uid: number;
  readonly writes: readonly string[];
  readonly packages: number;
};

/** Fails with a sentence when the image is too large, runs as root, or lacks what it must have. */
export async function checkImage(image: Image, tag: string): Promise<Seen> {
  const [about] = JSON.parse(await podman("image", "inspect", tag)) as [
    Inspected,
  ];
  const within = await lookInto(tag);
  const names = about.Config.Env.map((variable) => variable.split("=")[0]);
  const complaints = [
    about.Size > largest && `takes ${about.Size} bytes`,
    !/^[1-9]\d*:/.test(about.User) && `runs as "${about.User}"`,
    within.uid === 0 && "is root when it runs",
    within.writes.length > 0 && `may write ${within.writes.join()}`,
    within.packages === 0 && "has an empty SBOM",
    (about.Healthcheck !== undefined) !== (image.kind === "service") &&
      "is not asked how it is, or is in vain",
    names.some((name) => name !== "PATH" && name !== "NODE_ENV") &&
      `brings the variables ${names.join()}`,
  ].filter((complaint) => complaint !== false);
  if (complaints.length > 0)
    throw new Error(`The image ${image.name} ${complaints.join(", ")}.`);
  return { size: about.Size, packages: within.packages };
}

async function lookInto(tag: string): Promise<Within> {
  const safely = ["--network=none", "--read-only", "--cap-drop=all"];
  const answer = await images([
    ...["run", "--rm", ...safely, tag],
    ...["--input-type=module", "--eval", lookWithin],
  ]);
  return JSON.parse(answer) as Within;
}
