import { setTimeout as sleep } from "node:timers/promises";
import { serviceNames, type ServiceName } from "@cartwright/contracts/services";
import { minutes } from "@cartwright/kernel/duration";
import { freePorts } from "@cartwright/testing/free-ports";
import { startPlatform, type Platform } from "../support/platform.ts";
import { openShop } from "../support/shop.ts";
import type { Chaos, FaultSuite, Victim } from "./chaos.ts";
import { keepOutboxes } from "./outbox-history.ts";
import { crashPlans, type CrashPlans } from "./plans.ts";
import { pidsOf, startReplica, type Replica } from "./replicas.ts";
import { startShoppers, type Shoppers, type Size } from "./shoppers.ts";
import { readTopics, type TopicReader } from "./topic-reader.ts";

/** Those that decide about money, stock and the order: two of each, so that a dead one is taken over from. */
const replicated: readonly ServiceName[] = ["order", "payment", "inventory"];
const readyWithin = minutes(2);

export type System = {
  readonly chaos: Chaos;
  readonly plans: CrashPlans;
  readonly shoppers: Shoppers;
  readonly topics: TopicReader;
  /** Since when the outboxes are copied, milliseconds since 1970. */
  readonly watchedSince: number;
  /** When the last fault so far ended, milliseconds since 1970. */
  lastFaultAt(): number;
  stop(): Promise<void>;
};

/** Nine processes, the second replicas, the copies of the outboxes, the reader of the topics, and shoppers. */
export async function startSystem(
  size: Size,
  faults: FaultSuite,
  say: (sentence: string) => void,
): Promise<System> {
  const opened: { stop(): Promise<void> }[] = [];
  const stop = async () => {
    for (const one of opened.toReversed()) await one.stop();
  };
  try {
    const plans = await crashPlans();
    opened.push(plans);
    const prepared = await faults.prepare?.();
    if (prepared) opened.push(prepared);
    const platform = await startPlatform({
      mode: "kafka",
      processes: 9,
      environment: {
        SAGA_TIME_SCALE: "0.1",
        LINGER_SECONDS: "5", // as the chart has it: longer than a caller keeps a connection that nothing uses
        ...prepared?.environment,
        ...plans.environment,
      },
    });
    opened.push(platform);
    await keepOutboxes(platform);
    const watchedSince = Date.now();
    const topics = await readTopics(platform.kafkaBrokers);
    opened.push(topics);
    const first = await freePorts(replicated.length);
    const replicas = replicated.map((name, index) =>
      startReplica(name, first + index),
    );
    opened.push(...replicas);
    await allReady(platform, replicas);
    const shop = await openShop(platform);
    const shoppers = await startShoppers(platform, shop, size);
    opened.push(shoppers);
    let lastFaultAt = watchedSince;
    const faultEnded = () => void (lastFaultAt = Date.now());
    const chaos: Chaos = {
      platform,
      shop,
      plans,
      history: shoppers.history,
      pidsOf,
      accepted: () => shoppers.accepted(),
      once: (through) => shoppers.once(through),
      putLargeOnSale: () => shoppers.putLargeOnSale(),
      faultEnded,
      canary() {
        faultEnded();
        return shoppers.canary();
      },
      allReady: () => allReady(platform, replicas),
      say,
    };
    return {
      ...{ chaos, plans, shoppers, topics, watchedSince, stop },
      lastFaultAt: () => lastFaultAt,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function allReady(
  platform: Platform,
  replicas: readonly Replica[],
): Promise<void> {
  const ports = [
    ...serviceNames.map((name) => platform.portOf(name)),
    ...replicas.map(({ port }) => port),
  ];
  const urls = [
    platform.url,
    ...ports.map((port) => `http://127.0.0.1:${port}`),
  ];
  const end = performance.now() + readyWithin;
  for (;;) {
    const answers = await Promise.all(urls.map(isReady));
    if (answers.every(Boolean) && allThere()) return;
    if (performance.now() > end) {
      const missing = urls.filter((_, index) => !answers[index]);
      throw new Error(`Not ready: ${missing.join(", ")}`);
    }
    await sleep(100);
  }
}

const allThere = (): boolean =>
  ([...serviceNames, "gateway"] as readonly Victim[]).every(
    (name) =>
      pidsOf(name).length >=
      ((replicated as readonly string[]).includes(name) ? 2 : 1),
  );

const isReady = (url: string): Promise<boolean> =>
  fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(2_000) }).then(
    ({ ok }) => ok,
    () => false,
  );
