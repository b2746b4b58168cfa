import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../tools.ts";

/** Words by which the proof knows the block of each of its steps, in the order of the page. */
type Words<Step extends string> = Readonly<Record<Step, string>>;

/** What stands in the block of each step. */
export type Guide<Step extends string> = Readonly<Record<Step, string>>;

/** A page, or a section of it. */
export type Page = {
  readonly name: string;
  readonly text: string;
  /** The line of the page that the text begins in. */
  readonly line: number;
};

const trialWords = {
  images: "docker build",
  namespace: "kubectl create namespace",
  authorities: "create secret generic",
  values: "database:",
  install: "helm install",
  look: "get pods",
  reach: "port-forward",
  upgrade: "helm upgrade",
  rollBack: "helm rollback",
  uninstall: "helm uninstall",
  forget: "delete namespace",
};
export type TrialStep = keyof typeof trialWords;

const operatedWords = {
  namespace: "kubectl create namespace",
  install: "helm install",
  firstOperator: "make-operator",
  upgrade: "helm upgrade",
  rollBack: "helm rollback",
  uninstall: "helm uninstall",
};
export type OperatedStep = keyof typeof operatedWords;

const fence = /^```(\w+)[^\n]*\n([\s\S]*?)^```$/gm;

/** By step; throws when there are others than these, or in another order: whoever follows the page does what the proof does. */
export function guideOf<Step extends string>(
  { name, text, line }: Page,
  words: Words<Step>,
): Guide<Step> {
  const blocks = [...text.matchAll(fence)].map(({ 2: block = "", index }) => ({
    block,
    place: `${name}, line ${line + text.slice(0, index).split("\n").length - 1}`,
  }));
  const steps = Object.entries<string>(words);
  const guide = steps.map(([step, wanted], at) => {
    const { block, place = name } = blocks[at] ?? {};
    if (block?.includes(wanted)) return [step, block];
    throw new Error(`${place}: here the proof follows a block with ${wanted}.`);
  });
  const further = blocks[steps.length];
  if (further)
    throw new Error(`${further.place}: no proof follows this block.`);
  return Object.fromEntries(guide) as Guide<Step>;
}

const fileOf = (name: string): string => readFileSync(join(root, name), "utf8");

/** What stands under a heading of the page for beginners. */
function sectionOf(heading: string): Page {
  const name = "docs/getting-started.md";
  const page = fileOf(name);
  const [section] =
    new RegExp(`^## ${heading}$.*?(?=^## )`, "ms").exec(page) ?? [];
  if (section === undefined) throw new Error(`${name} has no "${heading}".`);
  const line = page.slice(0, page.indexOf(section)).split("\n").length;
  return { name, text: section, line };
}

/** From a checkout to an order, an upgrade and nothing left: for somebody who tries the platform out. */
export const trialGuide = (): Guide<TrialStep> =>
  guideOf(sectionOf("In a cluster"), trialWords);

/** What operators type. */
export function operatedGuide(): Guide<OperatedStep> {
  const name = "docs/operations/kubernetes.md";
  return guideOf({ name, text: fileOf(name), line: 1 }, operatedWords);
}

/** What is typed on a laptop once the platform runs, and goes as well wherever else it does. */
export const shoppingOnALaptop = (): string =>
  [...sectionOf("On a laptop").text.matchAll(fence)]
    .filter(([, language]) => language === "bash")
    .map(([, , block]) => block)
    .join("\n");
