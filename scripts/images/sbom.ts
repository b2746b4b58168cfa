import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { promisify } from "node:util";
import { root } from "./bundle.ts";

const run = promisify(execFile);

export type Component = {
  readonly "bom-ref": string;
  readonly type: string;
  readonly name: string;
  readonly version: string;
  readonly purl: string;
};

/** A CycloneDX document, as far as we look into it. */
export type Sbom = {
  readonly specVersion: string;
  readonly metadata: { readonly component: Component };
  readonly components: readonly Component[];
  readonly dependencies: readonly {
    readonly ref: string;
    readonly dependsOn?: readonly string[];
  }[];
};

/** All that the lockfile names, with licences and hashes, as npm describes it. */
export async function sbomOfLockfile(): Promise<Sbom> {
  const { stdout } = await run(
    "npm",
    ["sbom", "--sbom-format=cyclonedx", "--package-lock-only"],
    { cwd: root, maxBuffer: 2 ** 28 },
  );
  return JSON.parse(stdout) as Sbom;
}

type Contents = {
  readonly image: string;
  /** `name@version` of the packages that are in the image. */
  readonly packages: readonly string[];
  /** What is in it besides: Node, and the libraries of the system. */
  readonly system: readonly Component[];
  /** Seconds since 1970. */
  readonly madeAt: number;
};

/** Names what is in an image and nothing else; the same contents give the same bytes. */
export function sbomOf(whole: Sbom, contents: Contents): Sbom {
  const { image, packages, system, madeAt } = contents;
  const among = new Set(packages);
  const components = whole.components.filter((one) =>
    among.has(one["bom-ref"]),
  );
  const known = new Set(components.map((one) => one["bom-ref"]));
  const missing = packages.filter((ref) => !known.has(ref));
  if (missing.length > 0)
    throw new Error(`The lockfile does not name ${missing.join(", ")}.`);
  const { version } = whole.metadata.component;
  const purl = `pkg:oci/cartwright-${image}@${version}`;
  const subject = { "bom-ref": purl, type: "container", version, purl };
  const inside = [...components, ...system];
  return {
    ...whole,
    ...{
      serialNumber: serialNumber([image, ...inside.map(({ purl }) => purl)]),
    },
    metadata: {
      ...whole.metadata,
      ...{ timestamp: new Date(madeAt * 1_000).toISOString() },
      component: { ...subject, name: `cartwright-${image}` },
    },
    components: inside,
    dependencies: [
      { ref: purl, dependsOn: inside.map((one) => one["bom-ref"]) },
      ...whole.dependencies
        .filter(({ ref }) => known.has(ref))
        .map(({ ref, dependsOn = [] }) => ({
          ref,
          dependsOn: dependsOn.filter((other) => known.has(other)),
        })),
    ],
  };
}

/** `urn:uuid:` and a UUID that follows from the contents. */
function serialNumber(contents: readonly string[]): string {
  const hash = createHash("sha256").update(contents.join("\n")).digest("hex");
  const variant = ((Number.parseInt(hash.slice(16, 17), 16) & 3) | 8).toString(
    16,
  );
  const groups = [
    hash.slice(0, 8),
    hash.slice(8, 12),
    `8${hash.slice(13, 16)}`,
    `${variant}${hash.slice(17, 20)}`,
    hash.slice(20, 32),
  ];
  return `urn:uuid:${groups.join("-")}`;
}
