import { spawnSync } from "node:child_process";
import { join } from "node:path";
import type { Manifest } from "./render.ts";
import { root, tool } from "./tools.ts";

type Looked = {
  readonly resources: readonly {
    readonly kind: string;
    readonly name: string;
    readonly status: string;
    readonly msg: string;
  }[];
};

const isValid = "statusValid";

/** What Kubernetes or an operator would refuse, or not understand: a sentence for each. A kind without a schema is one. */
export const nonconforming = (text: string): string[] =>
  look(text)
    .filter(({ status }) => status !== isValid)
    .map(({ kind, name, msg }) => `${kind} ${name}: ${msg}`);

/** Kinds that a field nobody knows goes unnoticed in: a schema that is open to everything is none. */
export function tolerated(manifests: readonly Manifest[]): string[] {
  const misspelt = manifests.map(({ spec, ...rest }) => ({
    ...rest,
    ...(spec === undefined
      ? { misspelt: true }
      : { spec: { ...spec, misspelt: true } }),
  }));
  const documents = misspelt.map((manifest) => JSON.stringify(manifest));
  const taken = look(documents.join("\n---\n")).filter(
    ({ status }) => status === isValid,
  );
  const kinds = [...new Set(taken.map(({ kind }) => kind))];
  return kinds.map((kind) => `A misspelt field of a ${kind} goes unnoticed.`);
}

/** What kubeconform, which ends with 1 when something is invalid, says of each. */
function look(text: string): Looked["resources"] {
  const ours = join(root, "helm/schemas/{{.ResourceKind}}{{.KindSuffix}}.json");
  const { stdout, stderr } = spawnSync(
    tool("kubeconform"),
    ["-strict", "-verbose", "-output", "json", "-schema-location", ours],
    { input: text, encoding: "utf8", maxBuffer: 2 ** 28 },
  );
  try {
    return (JSON.parse(stdout) as Looked).resources;
  } catch (error) {
    throw new Error(`kubeconform\n${stdout}${stderr}`, { cause: error });
  }
}
