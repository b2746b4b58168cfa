import type { Manifest } from "./render.ts";

type Labels = Readonly<Record<string, string>>;
type Policy = {
  readonly podSelector: { readonly matchLabels?: Labels };
  readonly ingress?: readonly { readonly from?: readonly unknown[] }[];
  readonly egress?: readonly { readonly to?: readonly unknown[] }[];
};
type Deployment = {
  readonly template: {
    readonly metadata: { readonly labels: Labels };
    readonly spec: {
      readonly topologySpreadConstraints?: readonly {
        readonly topologyKey: string;
      }[];
    };
  };
};

const spreadOver = ["topology.kubernetes.io/zone", "kubernetes.io/hostname"];

/**
 * What a deployment lacks beside itself: a sentence for each.
 * @param isGuarded whether there are network policies at all
 */
export function lonely(
  manifests: readonly Manifest[],
  isGuarded: boolean,
): string[] {
  const named = (kind: string, name: string) =>
    manifests.find(
      (other) => other.kind === kind && other.metadata.name === name,
    );
  return manifests.flatMap(({ kind, metadata: { name }, spec }) => {
    if (kind !== "Deployment") return [];
    const { template } = spec as Deployment;
    const account = named("ServiceAccount", name) as
      { automountServiceAccountToken?: boolean } | undefined;
    const keys = (template.spec.topologySpreadConstraints ?? []).map(
      ({ topologyKey }) => topologyKey,
    );
    const complaints = [
      account?.automountServiceAccountToken === false ||
        "no account of its own without a token",
      named("PodDisruptionBudget", name) !== undefined ||
        "no disruption budget",
      spreadOver.every((key) => keys.includes(key)) ||
        "pods that may all be in one place",
      !isGuarded ||
        isApart(named("NetworkPolicy", name), template.metadata.labels) ||
        "no network policy of its own, or one that lets everybody in or out",
    ];
    return complaints
      .filter((complaint) => typeof complaint === "string")
      .map((complaint) => `Deployment ${name} has ${complaint}`);
  });
}

/** Whether it is about exactly these pods, and each of its rules says who is meant. */
function isApart(policy: Manifest | undefined, labels: Labels): boolean {
  if (!policy) return false;
  const { podSelector, ingress = [], egress = [] } = policy.spec as Policy;
  const wanted = podSelector.matchLabels ?? {};
  const peers = [
    ...ingress.map(({ from }) => from),
    ...egress.map(({ to }) => to),
  ];
  return (
    "app.kubernetes.io/component" in wanted &&
    Object.entries(wanted).every(([key, value]) => labels[key] === value) &&
    peers.every((list) => (list?.length ?? 0) > 0)
  );
}
