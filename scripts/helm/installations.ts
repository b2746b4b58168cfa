import { globSync } from "node:fs";
import { trialGuide } from "./cluster/guide.ts";
import { furtherValues } from "./cluster/installed.ts";
import type { Installation } from "./render.ts";
import { chart } from "./tools.ts";

const operators = {
  monitoring: "monitoring.coreos.com/v1",
  postgres: "postgresql.cnpg.io/v1",
  kafka: "kafka.strimzi.io/v1",
  scaling: "keda.sh/v1alpha1",
  secrets: "external-secrets.io/v1",
  gateway: "gateway.networking.k8s.io/v1",
  certificates: "cert-manager.io/v1",
  mesh: "security.istio.io/v1",
};

/** As the page for beginners has it. */
export const ownStores: Installation = {
  name: "trial with stores of one's own",
  values: ["values-trial.yaml"],
  more: () => trialGuide().values,
  apis: [],
};

const withOps = "ops: { enabled: true }\n";

/** The same, with what operators render beside it. */
export const ownStoresOperated: Installation = {
  ...ownStores,
  name: "trial with stores of one's own, and the job ops",
  more: () => trialGuide().values + withOps,
};

/** Every way of installing that is checked; `tests/` has values that show what no file for people does. */
export const installations: readonly Installation[] = [
  {
    name: "trial",
    values: ["values-trial.yaml"],
    apis: [operators.postgres, operators.kafka],
  },
  {
    name: "trial with backups, and the job ops",
    values: ["values-trial.yaml", "tests/values/backups.yaml"],
    more: () => withOps,
    apis: [operators.postgres, operators.kafka],
  },
  {
    name: "production",
    values: ["values-production.yaml"],
    apis: [operators.monitoring],
  },
  {
    name: "production, all options",
    values: [
      "values-production.yaml",
      "values-keda.yaml",
      "tests/values/all-options.yaml",
    ],
    apis: Object.values(operators),
  },
  { name: "plain", values: ["tests/values/plain.yaml"], apis: [] },
  ownStores,
  ownStoresOperated,
  {
    name: "cluster of one machine",
    values: ["values-trial.yaml", furtherValues],
    more: () => trialGuide().values,
    apis: [],
  },
];

/** Values files that no installation takes: nobody knows what they would make. */
export function unused(): string[] {
  const taken = new Set(installations.flatMap(({ values }) => values));
  return globSync(["values-*.yaml", "tests/values/*.yaml"], { cwd: chart })
    .filter((file) => !taken.has(file))
    .map((file) => `No installation takes ${file}.`);
}
