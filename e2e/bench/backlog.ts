import { fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { minutes, seconds } from "@cartwright/kernel/duration";
import type { Platform } from "../support/platform.ts";
import { ordersIn, runningOrders } from "./database-figures.ts";
import type { LoadCommand, LoadPlan, LoadReport } from "./load-plan.ts";
import { ended } from "./measure.ts";
import type { Started } from "./started.ts";
import { kafkaPidOf } from "./usage.ts";

/** How the platform came out of a time without its broker. */
export type BacklogSummary = {
  /** Orders per second that kept arriving. */
  readonly rate: number;
  readonly outageSeconds: number;
  /** Orders that had piled up when the broker came back. */
  readonly backlog: number;
  /** From then until no more were on their way than before. */
  readonly drainSeconds: number;
  readonly finishedPerSecond: number;
  /** Finished for each that arrived, while it drained. */
  readonly timesArrival: number;
  readonly failures: Readonly<Record<string, number>>;
  readonly differences: readonly string[];
};

const lookEvery = 200;
/** What arrives in so many seconds is no backlog. */
const secondsOnTheirWay = 2;
const drainsWithin = seconds(300);

/** Orders on their way, those too that came before the broker went. */
const waiting = (platform: Platform): Promise<number> =>
  runningOrders(platform, minutes(20));

/**
 * Stops Kafka under orders that keep arriving, lets it go on after a while, and watches how fast what
 * has piled up is worked off. Stopped (SIGSTOP), it neither answers nor refuses: the worst way to be away.
 */
export async function measureBacklog(
  started: Started,
  plan: LoadPlan & { readonly rate: number },
  times: { readonly warmUp: number; readonly outageSeconds: number },
): Promise<BacklogSummary> {
  const { platform } = started;
  const placedBefore = await ordersIn(platform);
  const kafka = kafkaPidOf(platform);
  const load = fork(new URL("load.ts", import.meta.url));
  const tell = (command: LoadCommand) => load.send(command);
  tell({ kind: "start", plan });
  tell({ kind: "measure" });
  const usual = Math.max(
    secondsOnTheirWay * plan.rate,
    await mostRunning(platform, times.warmUp),
  );
  const stopped = await ordersIn(platform);
  const { backlog, begun } = await without(kafka, times.outageSeconds, () =>
    waiting(platform),
  );
  const placed = await ordersIn(platform);
  const drained = await until(async () => (await waiting(platform)) <= usual);
  const drainSeconds = (performance.now() - begun) / 1_000;
  const left = await waiting(platform);
  const arrived = (await ordersIn(platform)) - placed;
  const reported = once(load, "message") as Promise<[LoadReport]>;
  tell({ kind: "stop" });
  const [report] = await reported;
  const found = await ended(started, placedBefore + report.acceptedInAll);
  const finished = backlog + arrived - left;
  return {
    rate: plan.rate,
    outageSeconds: times.outageSeconds,
    backlog,
    drainSeconds,
    finishedPerSecond: finished / drainSeconds,
    timesArrival: finished / drainSeconds / plan.rate,
    failures: report.failures,
    differences: [
      ...unless(drained, `the backlog was gone in ${drainsWithin / 1_000} s`),
      ...unless(
        backlog + usual >= placed - stopped,
        `${backlog} waited of ${placed - stopped} that came meanwhile`,
      ),
      ...found,
    ],
  };
}

const unless = (holds: boolean, claim: string): string[] =>
  holds ? [] : [`not so: ${claim}`];

/** The most orders that were on their way at a time. */
async function mostRunning(
  platform: Platform,
  forSeconds: number,
): Promise<number> {
  const end = performance.now() + seconds(forSeconds);
  let most = 0;
  while (performance.now() < end) {
    most = Math.max(most, await waiting(platform));
    await sleep(lookEvery);
  }
  return most;
}

async function without(
  pid: number,
  forSeconds: number,
  count: () => Promise<number>,
) {
  process.kill(pid, "SIGSTOP");
  try {
    await sleep(seconds(forSeconds));
    return { backlog: await count(), begun: performance.now() };
  } finally {
    process.kill(pid, "SIGCONT");
  }
}

async function until(holds: () => Promise<boolean>): Promise<boolean> {
  const deadline = performance.now() + drainsWithin;
  while (!(await holds())) {
    if (performance.now() > deadline) return false;
    await sleep(lookEvery);
  }
  return true;
}
