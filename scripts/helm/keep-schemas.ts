import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./tools.ts";

/**
 * Keeps the schemas of the kinds that the chart makes: `node scripts/helm/keep-schemas.ts FOLDER`, with a folder that
 * has those of a whole cluster as kubeconform reads them. Without their descriptions: nobody reads them here.
 */
const kinds = [
  "configmap-v1",
  "deployment-apps-v1",
  "horizontalpodautoscaler-autoscaling-v2",
  "ingress-networking-v1",
  "job-batch-v1",
  "limitrange-v1",
  "networkpolicy-networking-v1",
  "poddisruptionbudget-policy-v1",
  "resourcequota-v1",
  "secret-v1",
  "service-v1",
  "serviceaccount-v1",
];

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  console.error("Name the folder that has the cluster's schemas.");
  process.exit(1);
}
const target = join(root, "helm/schemas");
mkdirSync(target, { recursive: true });
for (const kind of kinds) {
  const schema: unknown = JSON.parse(
    readFileSync(join(folder, `${kind}.json`), "utf8"),
  );
  writeFileSync(
    join(target, `${kind}.json`),
    JSON.stringify(withoutWords(schema)),
  );
}

function withoutWords(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withoutWords);
  if (schema === null || typeof schema !== "object") return schema;
  const kept = Object.entries(schema).filter(
    ([key, value]) => key !== "description" || typeof value !== "string",
  );
  return Object.fromEntries(
    kept.map(([key, value]) => [key, withoutWords(value)]),
  );
}
