import { serviceNames } from "@cartwright/contracts/services";
import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { say, unlessInterrupted } from "../images/proof/shell.ts";
import {
  addressOfNode,
  startCluster,
  type Cluster,
} from "./cluster/cluster.ts";
import {
  prepareNamespace,
  principalPrefix,
  valuesFor,
} from "./cluster/installed.ts";
import { loadImages } from "./cluster/load-images.ts";
import { startStores, type Stores } from "./cluster/stores.ts";
import { proveChart } from "./cluster/prove-chart.ts";
import { root } from "./tools.ts";

/**
 * The chart by use: a real Kubernetes on this machine, the project's own images, stores beside it over TLS. Needs root
 * and the scripts that `INFRA_SCRIPTS` names; with `CLUSTER_IMAGES=built` the images are taken from the store as they are.
 */
const folder = await mkdtemp(join(tmpdir(), "cartwright-cluster-"));
const stopping: (() => Promise<void>)[] = [
  () => rm(folder, { recursive: true, force: true }),
];

async function stop(): Promise<void> {
  for (const step of stopping.splice(0).reverse())
    await step().catch((error: unknown) => console.error(String(error)));
}

async function prepare(): Promise<[Cluster, Stores, string[]]> {
  const { version } = JSON.parse(
    await readFile(join(root, "package.json"), "utf8"),
  ) as { version: string };
  const passwords = Object.fromEntries(
    serviceNames.map((name) => [name, randomBytes(16).toString("hex")]),
  );
  say("Starting Kubernetes");
  const cluster = await startCluster();
  stopping.push(() => cluster.stop());
  say("Starting PostgreSQL and Kafka");
  const principals = Object.entries(passwords).map(
    ([name, password]) => [`${principalPrefix}${name}`, password] as const,
  );
  const stores = await startStores(
    folder,
    await addressOfNode(cluster),
    Object.fromEntries(principals),
  );
  stopping.push(() => stores.stop());
  say("Loading images");
  const isBuilt = process.env.CLUSTER_IMAGES === "built";
  await loadImages(cluster, folder, { version, isBuilt });
  await prepareNamespace(cluster, stores);
  return [cluster, stores, await valuesFor(folder, stores, passwords)];
}

async function prove(): Promise<void> {
  const [cluster, , values] = await prepare();
  await proveChart(cluster, values);
}

try {
  await unlessInterrupted(prove());
  say("The chart is proven.");
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  await stop();
}
// What was interrupted may still wait for something.
process.exit();
