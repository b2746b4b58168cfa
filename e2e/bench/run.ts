import { fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { seconds } from "@cartwright/kernel/duration";
import {
  startPlatform,
  type Mode,
  type Platform,
} from "../support/platform.ts";
import { openShop, type Shop } from "../support/shop.ts";
import { differences } from "../support/totals.ts";
import {
  databaseFigures,
  outboxAge,
  outcomesBetween,
  runningOrders,
} from "./database-figures.ts";
import type { LoadCommand, LoadPlan, LoadReport } from "./load-plan.ts";
import { printFigures } from "./print.ts";
import { usageOf, type Usage } from "./usage.ts";

/** `npm run bench -- --mode embedded|kafka --processes 1|9 --rate N | --saturate --seconds N` */
const { values: options } = parseArgs({
  options: {
    mode: { type: "string", default: "embedded" },
    processes: { type: "string" },
    rate: { type: "string" },
    saturate: { type: "boolean", default: false },
    seconds: { type: "string", default: "20" },
    "warm-up": { type: "string", default: "15" },
    "in-flight": { type: "string", default: "512" },
    connections: { type: "string", default: "128" },
    /** A folder for CPU profiles of the Node processes. */
    profile: { type: "string" },
  },
});

const shoppers = 100;
const products = 300;
const unitsEach = 1_000_000;

const mode = options.mode as Mode;
const processes = options.processes === "9" ? 9 : 1;
async function planFor({ url }: Platform, shop: Shop): Promise<LoadPlan> {
  const customers = await inTurn(shoppers, () => shop.customer());
  const onSale = await inTurn(products, () =>
    shop.product({ stock: unitsEach }),
  );
  const { hostname, port } = new URL(url);
  return {
    host: hostname,
    port: Number(port),
    tokens: customers.map(({ token }) => token),
    productIds: onSale.map(({ id }) => id),
    ...(!options.saturate && { rate: Number(options.rate ?? 100) }),
    inFlight: Number(options["in-flight"]),
    connections: Number(options.connections),
  };
}

/** Eight at a time. */
async function inTurn<T>(count: number, make: () => Promise<T>): Promise<T[]> {
  const made: T[] = [];
  for (let left = count; left > 0; left -= 8) {
    made.push(
      ...(await Promise.all(Array.from({ length: Math.min(8, left) }, make))),
    );
  }
  return made;
}

async function measure(platform: Platform, plan: LoadPlan) {
  const load = fork(new URL("load.ts", import.meta.url));
  const tell = (command: LoadCommand) => {
    if (load.connected) load.send(command);
  };
  const ages: number[] = [];
  const watch = watchOrders(platform, tell, ages);
  tell({ kind: "start", plan });
  await sleep(seconds(Number(options["warm-up"])));

  ages.length = 0;
  tell({ kind: "measure" });
  const before = await snapshot(platform);
  await sleep(seconds(Number(options.seconds)));
  const after = await snapshot(platform);
  const oldestMessage = Math.max(0, ...ages);

  const reported = once(load, "message") as Promise<[LoadReport]>;
  watch.stop();
  tell({ kind: "stop" });
  const [report] = await reported;
  return {
    load: report,
    from: before.at,
    to: after.at,
    commits: after.database.commits - before.database.commits,
    walBytes: after.database.walBytes - before.database.walBytes,
    wholePages: after.database.wholePages - before.database.wholePages,
    oldestMessage,
    usage: after.usage.map((usage) => ({
      ...usage,
      cpu: usage.cpu - cpuOf(before.usage, usage.name),
    })),
  };
}

const cpuOf = (usage: readonly Usage[], name: string): number =>
  usage.find((one) => one.name === name)?.cpu ?? 0;

async function snapshot(platform: Platform) {
  const [database, usage] = await Promise.all([
    databaseFigures(platform),
    usageOf(platform),
  ]);
  return { at: new Date(), database, usage };
}

/** Tells the shoppers how many orders are on their way, and notes how old the outboxes get. */
function watchOrders(
  platform: Platform,
  tell: (command: LoadCommand) => void,
  ages: number[],
) {
  let stopped = false;
  const every = async (pause: number, look: () => Promise<void>) => {
    while (!stopped) {
      await look();
      await sleep(pause);
    }
  };
  if (options.saturate) {
    void every(200, async () =>
      tell({ kind: "running", orders: await runningOrders(platform) }),
    );
  }
  void every(1_000, async () => void ages.push(await outboxAge(platform)));
  return { stop: () => (stopped = true) };
}

/** What does not add up, once it has had time to. */
async function lasting(
  platform: Platform,
  accepted: number,
): Promise<string[]> {
  const deadline = Date.now() + seconds(60);
  for (;;) {
    const found = await differences(platform, accepted);
    if (found.length === 0 || Date.now() > deadline) return found;
    await sleep(seconds(1));
  }
}

const platform = await startPlatform({
  mode,
  processes,
  environment: {
    ...(options.profile !== undefined && {
      NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${options.profile}`,
    }),
  },
});
try {
  const shop = await openShop(platform);
  console.log("stocking the shelves");
  const plan = await planFor(platform, shop);
  const figures = await measure(platform, plan);
  const found = await lasting(platform, figures.load.acceptedInAll);
  const outcomes = await outcomesBetween(platform, figures.from, figures.to);
  printFigures({ mode, processes, rate: plan.rate, outcomes, ...figures });
  console.log(
    found.length === 0 ? "totals add up" : `TOTALS DIFFER\n${found.join("\n")}`,
  );
  process.exitCode = found.length === 0 ? 0 : 1;
} finally {
  await platform.stop();
}
