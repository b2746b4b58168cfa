import type { Installation } from "./render.ts";

const operators = {
  monitoring: "monitoring.coreos.com/v1",
  postgres: "postgresql.cnpg.io/v1",
  kafka: "kafka.strimzi.io/v1beta2",
  scaling: "keda.sh/v1alpha1",
  secrets: "external-secrets.io/v1",
  gateway: "gateway.networking.k8s.io/v1",
  certificates: "cert-manager.io/v1",
  mesh: "security.istio.io/v1",
};

/** Every way of installing that is checked; `tests/` has values that show what no file for people does. */
export const installations: readonly Installation[] = [
  {
    name: "trial",
    values: ["values-trial.yaml"],
    apis: [operators.postgres, operators.kafka],
  },
  {
    name: "production",
    values: ["values-production.yaml"],
    apis: [operators.monitoring],
  },
  {
    name: "production, all options",
    values: ["values-production.yaml", "tests/values/all-options.yaml"],
    apis: Object.values(operators),
  },
  { name: "plain", values: ["tests/values/plain.yaml"], apis: [] },
];
