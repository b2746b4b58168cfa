import { readFileSync } from "node:fs";
import { join } from "node:path";
import { keep } from "./kept-schema.ts";

/**
 * Keeps the schemas of Kubernetes' own kinds that the chart makes: `node scripts/helm/keep-schemas.ts FOLDER`, with a
 * folder that has those of a whole cluster as kubeconform reads them. Those of operators: keep-operator-schemas.ts.
 */
const kinds = [
  "configmap-v1",
  "deployment-apps-v1",
  "horizontalpodautoscaler-autoscaling-v2",
  "ingress-networking-v1",
  "job-batch-v1",
  "limitrange-v1",
  "networkpolicy-networking-v1",
  "persistentvolumeclaim-v1",
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
for (const kind of kinds)
  keep(kind, JSON.parse(readFileSync(join(folder, `${kind}.json`), "utf8")));
