import type { Manifest } from "./render.ts";

type Container = {
  readonly name: string;
  readonly image: string;
  readonly securityContext?: {
    readonly allowPrivilegeEscalation?: boolean;
    readonly readOnlyRootFilesystem?: boolean;
    readonly privileged?: boolean;
    readonly capabilities?: {
      readonly drop?: string[];
      readonly add?: string[];
    };
  };
  readonly resources?: Record<"requests" | "limits", Record<string, string>>;
  readonly lifecycle?: { readonly preStop?: { sleep?: { seconds: number } } };
  readonly startupProbe?: unknown;
  readonly readinessProbe?: unknown;
  readonly livenessProbe?: unknown;
};

type Pod = {
  readonly automountServiceAccountToken?: boolean;
  readonly serviceAccountName?: string;
  readonly hostNetwork?: boolean;
  readonly hostPID?: boolean;
  readonly terminationGracePeriodSeconds?: number;
  readonly securityContext?: {
    readonly runAsNonRoot?: boolean;
    readonly runAsUser?: number;
    readonly seccompProfile?: { readonly type?: string };
  };
  readonly containers: readonly Container[];
  readonly volumes?: readonly Record<string, unknown>[];
};

/** What a manifest does that none of ours may: a sentence for each. */
export function offences(manifest: Manifest): string[] {
  const { kind, metadata } = manifest;
  const pod = podOf(manifest);
  if (!pod) return [];
  const said = [
    ...ofPod(pod),
    ...pod.containers.flatMap(ofContainer),
    ...(kind === "Deployment" ? pod.containers.flatMap(ofService) : []),
    ...(kind === "Deployment" ? ofDraining(pod) : []),
  ];
  return said.map((sentence) => `${kind} ${metadata.name}: ${sentence}`);
}

const podOf = ({ spec }: Manifest): Pod | undefined =>
  (spec as { template?: { spec?: Pod } } | undefined)?.template?.spec;

const rule = (isKept: unknown, otherwise: string): string[] =>
  isKept ? [] : [otherwise];

/** "restricted" of the Pod Security Standards, and no token of the API server. */
function ofPod(pod: Pod): string[] {
  const { securityContext: context = {} } = pod;
  const allowed = ["configMap", "emptyDir", "persistentVolumeClaim", "secret"];
  const kinds = (pod.volumes ?? []).flatMap(({ name: _, ...kind }) =>
    Object.keys(kind),
  );
  return [
    ...rule(context.runAsNonRoot === true, "may run as root"),
    ...rule((context.runAsUser ?? 0) > 0, "runs as root"),
    ...rule(
      context.seccompProfile?.type === "RuntimeDefault",
      "may call whatever the kernel offers",
    ),
    ...rule(
      pod.automountServiceAccountToken === false,
      "is given a token of the API server",
    ),
    ...rule(!pod.hostNetwork && !pod.hostPID, "shares something of its node"),
    ...rule(
      kinds.every((kind) => allowed.includes(kind)),
      `mounts more than ${allowed.join(", ")}`,
    ),
  ];
}

function ofContainer(container: Container): string[] {
  const { image, securityContext: context = {}, resources } = container;
  const { drop = [], add = [] } = context.capabilities ?? {};
  return [
    ...rule(
      context.allowPrivilegeEscalation === false && !context.privileged,
      "may gain privileges",
    ),
    ...rule(context.readOnlyRootFilesystem, "writes to its image"),
    ...rule(drop.includes("ALL") && add.length === 0, "keeps capabilities"),
    ...rule(
      resources?.requests.cpu && resources.requests.memory,
      "asks for no share of its node",
    ),
    ...rule(
      resources?.limits.cpu && resources.limits.memory,
      "may use up its node",
    ),
    ...rule(
      /@sha256:|:(?!latest$)[\w][\w.-]*$/.test(image),
      `runs ${image}, which means another image tomorrow`,
    ),
  ];
}

const ofService = (container: Container): string[] => [
  ...rule(container.startupProbe, "does not say when it has started"),
  ...rule(container.readinessProbe, "does not say when it is ready"),
  ...rule(container.livenessProbe, "does not say when it hangs"),
  ...rule(container.lifecycle?.preStop?.sleep, "leaves before others know"),
];

/** A service gives itself so long, behind the pause, to stop in good order. */
const stopsWithin = 25;

function ofDraining(pod: Pod): string[] {
  const { terminationGracePeriodSeconds: grace = 30 } = pod;
  const pauses = pod.containers.map(
    ({ lifecycle }) => lifecycle?.preStop?.sleep?.seconds ?? 0,
  );
  return rule(
    grace > Math.max(0, ...pauses) + stopsWithin,
    "is killed before it has had its time to stop",
  );
}
