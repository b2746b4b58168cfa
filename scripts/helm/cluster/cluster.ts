import { join } from "node:path";
import { run } from "../../images/proof/shell.ts";
import { infra, tool } from "../tools.ts";

/** A cluster that the chart is tried in, by its kubectl and helm. */
export type Cluster = {
  kubectl(...args: string[]): Promise<string>;
  helm(...args: string[]): Promise<string>;
  /** Makes images of a docker archive known to the nodes. */
  load(archive: string): Promise<void>;
  stop(): Promise<void>;
};

/** Everything of the trial is in it. */
export const namespace = "shop";

/** A real Kubernetes on this machine; compiled the first time. */
export async function startCluster(): Promise<Cluster> {
  const script = (...args: string[]) => run(join(infra, "k8s.sh"), args);
  const tools = (await script("install")).split("\n").at(-1) ?? "";
  await script("start", "real").catch(async (error: unknown) => {
    // Half of one, unless it is somebody else's.
    if (!String(error).includes("is taken")) await script("stop");
    throw error;
  });
  const exported = await script("env");
  const KUBECONFIG = /KUBECONFIG=(\S+)/.exec(exported)?.[1];
  const environment = { KUBECONFIG, HELM_DRIVER: "secret" };
  const inNamespace = ["--namespace", namespace];
  return {
    kubectl: (...args) =>
      run(join(tools, "kubectl"), [...inNamespace, ...args], { environment }),
    helm: (...args) =>
      run(tool("helm"), [...inNamespace, ...args], { environment }),
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
