import { join } from "node:path";
import { lonely } from "./companions.ts";
import {
  appVersion,
  checkoutAt,
  pushed,
  recordingDocker,
  redisImage,
} from "./cluster/load-images.ts";
import { operatedGuide, trialGuide } from "./cluster/guide.ts";
import { misconfigured } from "./environment.ts";
import { installations, ownStoresOperated, unused } from "./installations.ts";
import { misdirected } from "./peers.ts";
import { plant } from "./planted.ts";
import { offences } from "./policy.ts";
import { helmAbout, parse, renderText, type Installation } from "./render.ts";
import { nonconforming, tolerated } from "./schemas.ts";
import { chart, run, tool } from "./tools.ts";

/** Everything about the chart that can be known without a cluster. Ends with 1 when something is wrong. */
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
  helmAbout(installation, "lint", chart, "--strict", "--quiet");
  return [];
}

const texts = new Map<Installation, string>();

/** What is made for an installation; once, for several checks. */
function textOf(installation: Installation): string {
  const text = texts.get(installation) ?? renderText(installation);
  texts.set(installation, text);
  return text;
}

const everything = () => installations.flatMap((one) => parse(textOf(one)));

/** What was planted and not found: a check that finds nothing is none. */
function undetected(): string[] {
  const planted = plant(everything());
  const found = [
    ...planted.flatMap(offences),
    ...lonely(planted, true),
    ...misdirected(planted),
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
    "order calls catalog, identity, inventory, notification, payment, shipping; its network policy says nobody.",
    "order never reads MISSPELT.",
    "order: The environment variable CATALOG_URL is missing.",
  ].filter((sentence) => !found.includes(sentence));
}

check("who may use which topic, and reads which variable, is current", () => {
  run(process.execPath, [
    ...[join(import.meta.dirname, "generate-files.ts"), "--check"],
  ]);
  return [];
});
check("the cluster's proof follows every block of the pages", () => {
  operatedGuide();
  trialGuide();
  return [];
});
check("every values file is somebody's", unused);
for (const installation of installations) {
  const { name } = installation;
  check(`${name}: lint`, () => lint(installation));
  check(`${name}: template, schemas, policies, environments`, () => {
    const text = textOf(installation);
    const manifests = parse(text);
    return [
      ...nonconforming(text),
      ...manifests.flatMap(offences),
      ...lonely(manifests, name !== "plain"),
      ...misdirected(manifests),
      ...misconfigured(manifests),
    ];
  });
}
check("what runs of the page's trial was built and pushed before", () => {
  // The chart's own tag, which its images have without a tag being given.
  const here = checkoutAt(appVersion());
  const script = `${recordingDocker}\n${here}\n${trialGuide().images}`;
  const tags = pushed(run("bash", ["-euc", script])).map(({ tag }) => tag);
  return [...textOf(ownStoresOperated).matchAll(/\bimage: "?([^\s"]+)/g)]
    .map(([, image = ""]) => image)
    .filter((image) => image !== redisImage() && !tags.includes(image))
    .map((image) => `The page builds no ${image}.`);
});
check("the checks find what is planted", () => [
  ...undetected(),
  ...tolerated(everything()),
]);
check("templates, suite by suite", () => {
  console.log(run(tool("helm-unittest"), ["--strict", chart]).trimEnd());
  return [];
});
if (failures.length > 0) process.exitCode = 1;
