import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  offencesIn,
  unversioned,
  type Locked,
} from "../scripts/lockfile-rules.ts";

/** What is installed comes from a registry, as it was when it was chosen, and runs nothing that nobody has looked at. */
const root = join(import.meta.dirname, "..");
const read = (file: string) => readFileSync(join(root, file), "utf8");
const { packages } = JSON.parse(read("package-lock.json")) as {
  packages: Record<string, Locked>;
};
const [sound] = Object.entries(packages).filter(([path]) =>
  path.startsWith("node_modules/zod"),
);
if (!sound) throw new Error("The lockfile has no zod.");
const [place, zod] = sound;

it("has nothing in the lockfile but checked packages of a registry", () => {
  expect(offencesIn(packages)).toEqual([]);
  expect(Object.keys(packages).length).toBeGreaterThan(500);
});

it.each([
  [
    "a package from somewhere else",
    { resolved: "git+ssh://git@host/zod.git#1" },
    "zod comes from git+ssh://git@host/zod.git#1",
  ],
  ["one without a hash", { integrity: undefined }, "zod may be anything"],
  [
    "one with a hash that is too weak",
    { integrity: "sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=" },
    "zod may be anything",
  ],
  [
    "one that runs something when it is installed",
    { hasInstallScript: true },
    "zod runs something",
  ],
])("finds %s", (_, planted, sentence) => {
  const spoilt = { ...zod, ...planted } as Locked;
  expect(offencesIn({ ...packages, [place]: spoilt })).toEqual([
    expect.stringContaining(sentence),
  ]);
});

const manifests = globSync(
  ["package.json", "e2e/package.json", "{apps,packages}/*/package.json"],
  {
    cwd: root,
  },
);

it.each(manifests)("names versions in %s", (file) => {
  const { dependencies, devDependencies } = JSON.parse(read(file)) as Record<
    string,
    Record<string, string>
  >;
  expect(unversioned({ ...dependencies, ...devDependencies })).toEqual([]);
});

it.each(["github:colinhacks/zod", "latest", "*", ">=4", "file:../zod"])(
  "finds a dependency that is wanted as %s",
  (wanted) => {
    expect(unversioned({ zod: wanted })).toEqual([
      `zod is wanted as ${wanted}`,
    ]);
  },
);

it("takes no release that is younger than a week", () => {
  const [, days] = /^min-release-age=(\d+)$/m.exec(read(".npmrc")) ?? [];
  expect(Number(days)).toBeGreaterThanOrEqual(7);
});

it("builds images from the version of Node that everything else runs on", () => {
  const { devDependencies } = JSON.parse(read("package.json")) as {
    devDependencies: Record<string, string>;
  };
  expect(read("Dockerfile")).toContain(
    `NODE_IMAGE=docker.io/library/node:${devDependencies["node"]}-`,
  );
});
