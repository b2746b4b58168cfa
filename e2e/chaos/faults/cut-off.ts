import { setTimeout as sleep } from "node:timers/promises";
import { seconds, type Duration } from "@cartwright/kernel/duration";
import type { Fault } from "../chaos.ts";
import { processesOf, type RunningService } from "../replicas.ts";
import type { Surroundings } from "./surroundings.ts";

const looksEvery = seconds(1);

/** One service reaches no broker, and everybody else does: it serves, says so, and is not started again. */
export const cutOff = (
  given: () => Surroundings,
  awayFor: Duration,
): Fault => ({
  id: "F19",
  name: "cut-off",
  about: `nothing passes between order's processes and the brokers for ${awayFor / 1_000} s, and nobody is told`,
  async run(chaos) {
    const { partition } = given();
    const processes = processesOf("order");
    const before = chaos.accepted();
    partition.cutOff("order");
    const degraded = await watched(processes, awayFor);
    const accepted = chaos.accepted() - before;
    partition.rejoin("order");
    const recovery = await chaos.canary();
    const pids = (some: readonly RunningService[]) =>
      some
        .map(({ pid }) => pid)
        .toSorted()
        .join();
    if (pids(processesOf("order")) !== pids(processes))
      throw new Error("A process that is cut off was started again.");
    if (accepted === 0) throw new Error("Nobody could order.");
    const after = degraded.map((one) => `${(one / 1_000).toFixed(0)} s`);
    return {
      injected: 1,
      recoveries: [recovery],
      notes: [
        `${accepted} orders were accepted meanwhile; its ${processes.length} processes stayed ready, and were degraded after ${after.join(" and ")}; none ended`,
      ],
    };
  },
});

/** After what time each of them was degraded. Throws when one is not ready, or never says that it is degraded. */
async function watched(
  processes: readonly RunningService[],
  during: Duration,
): Promise<readonly Duration[]> {
  const began = performance.now();
  const degraded = new Map<number, Duration>();
  for (;;) {
    const passed = performance.now() - began;
    if (passed > during) break;
    for (const { port } of processes) {
      const status = await statusOf(port);
      if (status !== "up" && !degraded.has(port)) degraded.set(port, passed);
    }
    await sleep(looksEvery);
  }
  if (degraded.size < processes.length)
    throw new Error("A process that is cut off says that it is up.");
  return [...degraded.values()];
}

/** Throws when it is not ready. */
async function statusOf(port: number): Promise<string> {
  const url = `http://127.0.0.1:${port}/health/ready`;
  const signal = AbortSignal.timeout(seconds(10));
  const answer = await fetch(url, { signal });
  const { status } = (await answer.json()) as { status: string };
  if (!answer.ok) throw new Error(`Cut off from the brokers, it is ${status}.`);
  return status;
}
