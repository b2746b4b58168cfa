import { serviceNames } from "@cartwright/contracts/services";
import { unstarted } from "../unstarted.ts";
import { definitions } from "./definitions.ts";
import type { Manifest } from "./render.ts";

type Peer = {
  readonly podSelector?: {
    readonly matchLabels?: Readonly<Record<string, string>>;
  };
};
type Rules = {
  readonly ingress?: readonly { readonly from?: readonly Peer[] }[];
  readonly egress?: readonly { readonly to?: readonly Peer[] }[];
};

const component = "app.kubernetes.io/component";

/** Who calls whom over HTTP, as the code has it; everybody asks identity for keys and tokens. */
function calls(): Map<string, readonly string[]> {
  const ofServices = definitions().map((definition) => {
    const provider =
      "PAYMENT_PROVIDER_URL" in definition.config.shape
        ? ["payment-provider"]
        : [];
    const called = ["identity", ...unstarted(definition).calls, ...provider];
    const others = called.filter((name) => name !== definition.name);
    return [definition.name, others] as const;
  });
  return new Map<string, readonly string[]>([
    ...ofServices,
    ["gateway", serviceNames],
    ["payment-provider", ["gateway"]], // by its webhooks
  ]);
}

/** Where the network policies let services call whom they do not, or keep them from whom they do: a sentence for each. */
export function misdirected(manifests: readonly Manifest[]): string[] {
  const known = calls();
  const policies = manifests
    .filter(({ kind }) => kind === "NetworkPolicy")
    .map(({ metadata: { labels = {} }, spec }) => ({
      name: labels[component] ?? "",
      rules: spec as Rules,
    }))
    .filter(({ name }) => known.has(name));
  const running = new Set(policies.map(({ name }) => name));
  return policies.flatMap(({ name, rules }) => {
    const callees = (known.get(name) ?? []).filter((one) => running.has(one));
    const callers = [...running].filter((one) =>
      known.get(one)?.includes(name),
    );
    const to = (rules.egress ?? []).flatMap(({ to = [] }) => to);
    const from = (rules.ingress ?? []).flatMap(({ from = [] }) => from);
    return [
      ...different(callees, servicesAmong(to, known), `${name} calls`),
      ...different(callers, servicesAmong(from, known), `${name} is called by`),
    ];
  });
}

const servicesAmong = (
  peers: readonly Peer[],
  known: ReadonlyMap<string, unknown>,
): string[] =>
  peers
    .map(({ podSelector }) => podSelector?.matchLabels?.[component] ?? "")
    .filter((name) => known.has(name));

function different(
  real: readonly string[],
  allowed: readonly string[],
  what: string,
): string[] {
  const list = (names: readonly string[]) =>
    [...new Set(names)].sort().join(", ") || "nobody";
  if (list(real) === list(allowed)) return [];
  return [`${what} ${list(real)}; its network policy says ${list(allowed)}.`];
}
