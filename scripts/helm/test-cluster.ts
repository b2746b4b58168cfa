import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePorts } from "@cartwright/testing/free-ports";
import { say, unlessInterrupted } from "../images/proof/shell.ts";
import {
  addressOfNode,
  startCluster,
  type Cluster,
} from "./cluster/cluster.ts";
import { operatedGuide, trialGuide } from "./cluster/guide.ts";
import { alive } from "./cluster/heartbeat.ts";
import {
  accountsIn,
  giveAuthorities,
  prepareFolder,
  prepareNamespace,
  substitutesHere,
} from "./cluster/installed.ts";
import {
  checkoutAt,
  loadImages,
  pushed,
  recordingDocker,
} from "./cluster/load-images.ts";
import { commits, proveChart } from "./cluster/prove-chart.ts";
import { proveOperated } from "./cluster/prove-operated.ts";
import { readerOf, type } from "./cluster/reader.ts";
import { shopThrough } from "./cluster/shop.ts";
import { startStores, type Stores } from "./cluster/stores.ts";
import { root } from "./tools.ts";

/**
 * The chart by use, as the pages say: a real Kubernetes on this machine, the project's own images, stores beside it over
 * TLS. Needs root and the scripts that `INFRA_SCRIPTS` names; with `CLUSTER_IMAGES=built` the images are taken from the store
 * as they are.
 */
const folder = await mkdtemp(join(tmpdir(), "cartwright-cluster-"));
const stopping: (() => Promise<void>)[] = [];

async function stop(): Promise<void> {
  for (const step of stopping.splice(0).reverse())
    await step().catch((error: unknown) => console.error(String(error)));
}

const guide = trialGuide();
const operated = operatedGuide();

async function prepare(): Promise<[Cluster, Stores]> {
  say("Starting Kubernetes");
  const cluster = await startCluster("real");
  stopping.push(() => cluster.stop());
  say("Starting PostgreSQL and Kafka");
  const address = await addressOfNode(cluster);
  const stores = await startStores(folder, address, accountsIn(guide));
  stopping.push(() => stores.stop());
  await giveAuthorities(folder, stores);
  return [cluster, stores];
}

async function proveTrial(): Promise<void> {
  const [cluster, stores] = await prepare();
  const { environment } = cluster;
  const port = await freePorts(1);
  const substitutes = substitutesHere(stores, port);
  const reader = readerOf(guide, { folder, environment }, substitutes);
  say("Loading images");
  const wanted = [];
  for (const commit of commits) {
    const before = `${recordingDocker}\n${checkoutAt(commit)}`;
    wanted.push(...pushed(await reader.follow("images", before)));
  }
  const { version } = JSON.parse(
    await readFile(join(root, "package.json"), "utf8"),
  ) as { version: string };
  const isBuilt = process.env.CLUSTER_IMAGES === "built";
  await loadImages(cluster, folder, wanted, { version, isBuilt });
  await prepareNamespace(reader, folder);
  const shop = (reach: string) => shopThrough(environment, reach, port);
  const makeOperator = () =>
    type({ folder, environment }, operated.firstOperator);
  await proveChart({ cluster, reader, shop, makeOperator });
  reader.end();
}

/** In a cluster whose pods only say that they run: with as many as customers get, this machine would be too small. */
async function proveCustomers(): Promise<void> {
  say("Starting Kubernetes with a node that is simulated");
  const cluster = await startCluster("kwok");
  stopping.push(() => cluster.stop());
  const { environment } = cluster;
  const reader = readerOf(operated, { folder, environment }, []);
  await alive(cluster, () => proveOperated(cluster, reader, folder));
  reader.end();
}

async function prove(): Promise<void> {
  await prepareFolder(folder);
  await proveCustomers();
  await stop();
  await proveTrial();
}

try {
  await unlessInterrupted(prove());
  say("The chart is proven.");
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  await stop();
  await rm(folder, { recursive: true, force: true });
}
// What was interrupted may still wait for something.
process.exit();
