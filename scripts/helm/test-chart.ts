import { existsSync } from "node:fs";
import { join } from "node:path";
import { lonely } from "./companions.ts";
import { misconfigured } from "./environment.ts";
import { installations } from "./installations.ts";
import { plant } from "./planted.ts";
import { offences } from "./policy.ts";
import {
  kubernetesVersion,
  parse,
  renderText,
  type Installation,
  type Manifest,
} from "./render.ts";
import { chart, root, run, tool } from "./tools.ts";

/** Everything about the chart that can be known without a cluster. Ends with 1 when something is wrong. */
const schemas = join(root, "helm/schemas");
const failures: string[] = [];

function check(what: string, look: () => readonly string[]): void {
  let wrong: readonly string[];
  try {
    wrong = look();
  } catch (error) {
    wrong = [error instanceof Error ? error.message : String(error)];
  }
  console.log(`${wrong.length === 0 ? "ok  " : "FAIL"} ${what}`);
  for (const sentence of wrong) console.error(`     ${sentence}`);
  failures.push(...wrong);
}

function lint(installation: Installation): [] {
  const values = installation.values.flatMap((file) => [
    ...["--values", join(chart, file)],
  ]);
  run(tool("helm"), [
    ...["lint", chart, "--strict", "--quiet"],
    ...["--kube-version", kubernetesVersion, ...values],
  ]);
  return [];
}

/** Kinds of Kubernetes' own; those of operators have no schema here. */
function conforms(text: string): void {
  const ours = `${schemas}/{{.ResourceKind}}{{.KindSuffix}}.json`;
  run(
    tool("kubeconform"),
    [
      ...["-strict", "-summary", "-ignore-missing-schemas"],
      ...["-schema-location", ours],
    ],
    { input: text },
  );
}

/** Kinds that nothing is held against, though no operator brings them. */
const unknownKinds = (
  manifests: readonly Manifest[],
  { apis }: Installation,
): string[] =>
  manifests
    .filter(
      ({ apiVersion }) =>
        !apis.some((api) => groupOf(api) === groupOf(apiVersion)),
    )
    .map(({ apiVersion, kind }) => {
      const [group, version] = apiVersion.includes("/")
        ? [
            `-${groupOf(apiVersion).split(".")[0] ?? ""}`,
            apiVersion.split("/")[1],
          ]
        : ["", apiVersion];
      return `${kind.toLowerCase()}${group}-${version}.json`;
    })
    .filter((file) => !existsSync(join(schemas, file)))
    .map((file) => `There is no helm/schemas/${file}: see keep-schemas.ts.`);

const groupOf = (apiVersion: string): string => apiVersion.split("/")[0] ?? "";

/** What was planted and not found: a check that finds nothing is none. */
function undetected(): string[] {
  const planted = plant(installations.flatMap((one) => parse(renderText(one))));
  const found = [
    ...planted.flatMap(offences),
    ...lonely(planted, true),
    ...misconfigured(planted),
  ].join("\n");
  return [
    "Deployment cartwright-order: may run as root",
    "Deployment cartwright-order: writes to its image",
    "Deployment cartwright-order: may use up its node",
    "Deployment cartwright-order: runs order:latest",
    "Deployment cartwright-order: is killed before",
    "Deployment cartwright-order has no account of its own",
    "Deployment cartwright-order has no disruption budget",
    "Deployment cartwright-order has pods that may all be in one place",
    "Deployment cartwright-order has no network policy of its own",
    "order never reads MISSPELT.",
    "order: The environment variable CATALOG_URL is missing.",
  ].filter((sentence) => !found.includes(sentence));
}

check("who may use which topic is current", () => {
  run(process.execPath, [
    ...[join(import.meta.dirname, "generate-kafka-access.ts"), "--check"],
  ]);
  return [];
});
for (const installation of installations) {
  const { name } = installation;
  check(`${name}: lint`, () => lint(installation));
  check(`${name}: template, schemas, policies, environments`, () => {
    const text = renderText(installation);
    conforms(text);
    const manifests = parse(text);
    return [
      ...new Set(unknownKinds(manifests, installation)),
      ...manifests.flatMap(offences),
      ...lonely(manifests, name !== "plain"),
      ...misconfigured(manifests),
    ];
  });
}
check("the checks find what is planted", undetected);
check("templates, suite by suite", () => {
  console.log(run(tool("helm-unittest"), ["--strict", chart]).trimEnd());
  return [];
});
if (failures.length > 0) process.exitCode = 1;
