import { chmod, copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { bundle, root } from "./bundle.ts";
import { images, type Image } from "./images.ts";
import { licencesOf } from "./licences.ts";
import { sbomOf, sbomOfLockfile, type Component } from "./sbom.ts";
import { setTimes } from "./set-times.ts";

/**
 * `node scripts/images/make.ts <folder> <system>`: writes `<folder>/<image>/app` for every image, with its program, its
 * SBOM and the licences of what is in it. `<system>` lists the libraries of the system, a name and a version per line.
 */
const [folder = "", system = ""] = process.argv.slice(2);
const check = "healthcheck.mjs";
const madeAt = Number(process.env["SOURCE_DATE_EPOCH"] ?? 0);

const whole = await sbomOfLockfile();
const beneath = [node(), ...(await libraries(system))];
for (const image of images) await make(image);
await setTimes(folder, madeAt);

async function make(image: Image): Promise<void> {
  const app = join(folder, image.name, "app");
  await mkdir(app, { recursive: true });
  const packages = await bundle(image, app);
  const sbom = sbomOf(whole, {
    image: image.name,
    packages: [...new Set(await Promise.all(packages.map(referenceTo)))],
    system: beneath,
    madeAt,
  });
  await writeFile(join(app, "sbom.cdx.json"), JSON.stringify(sbom, null, 1));
  await writeFile(join(app, "LICENSES.txt"), await licencesOf(packages));
  if (image.kind === "service")
    await copyFile(join(import.meta.dirname, check), join(app, check));
  if (image.volume !== undefined)
    await makeOpen(join(folder, image.name, image.volume));
}

/** As /tmp is; what `mkdir` is told goes through the umask. */
async function makeOpen(path: string): Promise<void> {
  await mkdir(path);
  await chmod(path, 0o1777);
}

async function referenceTo(path: string): Promise<string> {
  const file = await readFile(join(root, path, "package.json"), "utf8");
  const { name, version } = JSON.parse(file) as Component;
  return `${name}@${version}`;
}

function node(): Component {
  const version = process.versions.node;
  const purl = `pkg:generic/node@${version}`;
  return { "bom-ref": purl, type: "platform", name: "node", version, purl };
}

async function libraries(file: string): Promise<Component[]> {
  const lines = (await readFile(file, "utf8")).split("\n").filter(Boolean);
  return lines.map((line) => {
    const [name = "", version = ""] = line.split(" ");
    const purl = `pkg:deb/debian/${name}@${encodeURIComponent(version)}`;
    return { "bom-ref": purl, type: "library", name, version, purl };
  });
}
