import { delimiter, dirname, join } from "node:path";
import { run } from "../../images/proof/shell.ts";
import { infra, tool } from "../tools.ts";

/** A cluster that the chart is tried in. */
export type Cluster = {
  kubectl(...args: string[]): Promise<string>;
  /** With which a shell finds the cluster, and the tools to speak to it. */
  readonly environment: Readonly<Record<string, string>>;
  /** Makes images of a docker archive known to the nodes. */
  load(archive: string): Promise<void>;
  stop(): Promise<void>;
};

/** Everything of the trial is in it. */
export const namespace = "shop";

/**
 * Kubernetes on this machine; compiled the first time.
 * @param kind whether pods really run, or only say that they do
 */
export async function startCluster(kind: "real" | "kwok"): Promise<Cluster> {
  const script = (...args: string[]) => run(join(infra, "k8s.sh"), args);
  const tools = (await script("install")).split("\n").at(-1) ?? "";
  await script("start", kind).catch(async (error: unknown) => {
    // Half of one, unless it is somebody else's.
    if (!String(error).includes("is taken")) await script("stop");
    throw error;
  });
  const exported = await script("env");
  const environment = {
    KUBECONFIG: /KUBECONFIG=(\S+)/.exec(exported)?.[1] ?? "",
    HELM_DRIVER: "secret",
    PATH: [tools, dirname(tool("helm")), process.env["PATH"]].join(delimiter),
  };
  return {
    environment,
    kubectl: (...args) =>
      run(join(tools, "kubectl"), ["--namespace", namespace, ...args], {
        environment,
      }),
    load: async (archive) => {
      await script("load", archive);
    },
    stop: async () => {
      await script("stop");
    },
  };
}

/** The address that pods reach this machine by. */
export async function addressOfNode({ kubectl }: Cluster): Promise<string> {
  const path = '{.items[0].status.addresses[?(@.type=="InternalIP")].address}';
  return kubectl("get", "nodes", "-o", `jsonpath=${path}`);
}
