import { setTimeout as sleep } from "node:timers/promises";
import { serviceNames, type ServiceName } from "@cartwright/contracts/services";
import type { Duration } from "@cartwright/kernel/duration";
import { freePorts } from "@cartwright/testing/free-ports";
import { openShop } from "../../support/shop.ts";
import type { Chaos, Fault, Victim } from "../chaos.ts";
import {
  processesOf,
  startReplica,
  toldTo,
  type Replica,
  type RunningService,
} from "../replicas.ts";
import { balancer, type Balancer } from "./balancer.ts";
import { impatience, onceOnly } from "./impatience.ts";
import { untilReady } from "./ready.ts";

const deployed: readonly Victim[] = [
  "gateway",
  "order",
  "payment",
  "inventory",
  "shipping",
];
const gateways = 2;

/** One process after the other is told to stop and started again; whoever asks once is answered. */
export const rollingDeploy = (): Fault => ({
  id: "F11",
  name: "rolling-deploy",
  about: `SIGTERM to every replica of ${deployed.join(", ")} in turn, each ready again before the next; requests are made once`,
  async run(chaos) {
    const front = await openFront(chaos);
    try {
      const { sql } = chaos.platform;
      const shop = await openShop({ sql, url: front.url }, onceOnly);
      const asking = impatience(chaos, shop);
      const recoveries: Duration[] = [];
      for (const one of front.processes()) {
        recoveries.push(await restarted(one));
      }
      const { requests, failures } = await asking.end();
      if (failures.length > 0)
        throw new Error(
          `${failures.length} of ${requests} requests failed: ${[...new Set(failures)].join(", ")}`,
        );
      await chaos.canary();
      return {
        injected: recoveries.length,
        recoveries,
        notes: [`${requests} requests without a retry, none failed`],
      };
    } finally {
      await front.stop();
    }
  },
});

type Front = {
  readonly url: string;
  processes(): readonly RunningService[];
  stop(): Promise<void>;
};

/** Two gateways that reach every service by a balancer, behind a balancer themselves. */
async function openFront({ platform }: Chaos): Promise<Front> {
  const opened: { stop(): Promise<void> }[] = [];
  const balanced = async (ports: readonly number[]): Promise<Balancer> => {
    const one = await balancer(ports);
    opened.push(one);
    return one;
  };
  const told: Record<string, string> = { ...toldTo("gateway") };
  for (const name of serviceNames)
    told[`${name.toUpperCase()}_URL`] = (await balanced(portsOf(name))).url;
  const first = await freePorts(gateways);
  const started: Replica[] = Array.from({ length: gateways }, (_, index) =>
    startReplica("gateway", first + index, told),
  );
  opened.push(...started);
  const ports = started.map(({ port }) => port);
  await Promise.all(ports.map(untilReady));
  const { url } = await balanced(ports);
  const original = Number(new URL(platform.url).port);
  return {
    url,
    processes: () =>
      deployed.flatMap(processesOf).filter(({ port }) => port !== original),
    async stop() {
      for (const one of opened.toReversed()) await one.stop();
    },
  };
}

const portsOf = (service: ServiceName): readonly number[] =>
  processesOf(service).map(({ port }) => port);

/** Tells the process to stop, and waits until another is ready in its place. */
async function restarted({ pid, port }: RunningService): Promise<Duration> {
  const began = performance.now();
  process.kill(pid, "SIGTERM");
  while (isRunning(pid)) await sleep(50);
  await untilReady(port);
  return performance.now() - began;
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
