import type { Manifest } from "./render.ts";

type Planted = {
  spec: {
    template: {
      spec: {
        securityContext: object;
        terminationGracePeriodSeconds: number;
        topologySpreadConstraints: object[];
        containers: {
          image: string;
          securityContext: object;
          resources: { limits: object };
        }[];
      };
    };
  };
};

/** The manifests, and in those of the order service mistakes that each check has to find. */
export function plant(manifests: readonly Manifest[]): Manifest[] {
  return structuredClone(manifests).flatMap((manifest) => {
    if (manifest.metadata.name !== "cartwright-order") return manifest;
    if (manifest.kind === "ConfigMap") return withoutCatalog(manifest);
    if (manifest.kind === "PodDisruptionBudget") return [];
    if (manifest.kind === "NetworkPolicy") return openToAll(manifest);
    if (manifest.kind === "ServiceAccount")
      return { ...manifest, automountServiceAccountToken: true };
    if (manifest.kind === "Deployment") spoil(manifest as unknown as Planted);
    return manifest;
  });
}

function withoutCatalog(manifest: Manifest): Manifest {
  const { CATALOG_URL: _, ...data } = manifest.data ?? {};
  return { ...manifest, data: { ...data, MISSPELT: "1" } };
}

function openToAll(manifest: Manifest): Manifest {
  const spec = manifest.spec as { egress: { ports: unknown }[] };
  const egress = spec.egress.map(({ ports }) => ({ ports }));
  return { ...manifest, spec: { ...spec, egress } };
}

function spoil({ spec }: Planted): void {
  const pod = spec.template.spec;
  pod.securityContext = {};
  pod.terminationGracePeriodSeconds = 20;
  pod.topologySpreadConstraints = pod.topologySpreadConstraints.slice(1);
  for (const container of pod.containers) {
    container.image = "order:latest";
    container.securityContext = {};
    container.resources.limits = {};
  }
}
