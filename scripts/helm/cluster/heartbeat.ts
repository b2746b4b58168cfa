import { setTimeout as sleep } from "node:timers/promises";
import type { Cluster } from "./cluster.ts";

/** A few times within the 20 s after which Kubernetes takes the pods of a silent node for lost. */
const every = 5_000;

/** Says as a kubelet would, for as long as `work` takes, that a simulated node lives: what simulates it hardly ever does. */
export async function alive<T>(
  cluster: Cluster,
  work: () => Promise<T>,
): Promise<T> {
  const done = new AbortController();
  const beating = beat(cluster, done.signal);
  beating.catch(() => undefined); // thrown below
  try {
    return await work();
  } finally {
    done.abort();
    await beating;
  }
}

async function beat({ kubectl }: Cluster, done: AbortSignal): Promise<void> {
  const node = await kubectl("get", "nodes", "-o", "name");
  while (!done.aborted) {
    const lastHeartbeatTime = new Date().toISOString().replace(/\.\d+/, "");
    const conditions = [{ type: "Ready", lastHeartbeatTime }];
    await kubectl(
      ...["patch", node, "--subresource=status", "--type=strategic"],
      ...["--patch", JSON.stringify({ status: { conditions } })],
    );
    await sleep(every, undefined, { signal: done }).catch(() => undefined);
  }
}
