import { setTimeout as sleep } from "node:timers/promises";
import { seconds } from "@cartwright/kernel/duration";
import type { Started } from "./started.ts";
import { isNode, sum, usageOf, usedBetween } from "./usage.ts";

/** What the platform needs while nobody orders, Kafka and Postgres apart. */
export type IdleSummary = {
  /** MiB that the Node processes hold together. */
  readonly memory: number;
  /** Cores that they use together. */
  readonly cores: number;
  readonly processes: readonly {
    readonly name: string;
    readonly memory: number;
    readonly cores: number;
  }[];
};

/** No services: who starts them for developers, and the payment provider, which stands for one far away. */
const others = new Set(["start", "payment-provider"]);

/** Looks at a platform that has just started, after a while without load. */
export async function measureIdle(
  { platform }: Started,
  idleSeconds: number,
): Promise<IdleSummary> {
  await sleep(seconds(idleSeconds) / 2); // what a start leaves behind is not idling
  const before = await usageOf(platform);
  const begun = performance.now();
  await sleep(seconds(idleSeconds) / 2);
  const elapsed = performance.now() - begun;
  const used = usedBetween(before, await usageOf(platform)).filter(
    ({ name }) => !others.has(name),
  );
  const node = used.filter(isNode);
  return {
    memory: sum(node.map(({ memory }) => memory)),
    cores: sum(node.map(({ cpu }) => cpu)) / elapsed,
    processes: used.map(({ name, memory, cpu }) => ({
      name,
      memory,
      cores: cpu / elapsed,
    })),
  };
}
