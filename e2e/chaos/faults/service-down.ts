import { setTimeout as sleep } from "node:timers/promises";
import type { ServiceName } from "@cartwright/contracts/services";
import { minutes, type Duration } from "@cartwright/kernel/duration";
import type { Platform } from "../../support/platform.ts";
import type { Chaos, Fault } from "../chaos.ts";
import { readiness } from "./readiness.ts";
import { untilReady } from "./ready.ts";

/** SIGKILL to all processes of a service; what is started in their place waits until it is called back. */
export function takeDown(
  { plans, pidsOf }: Chaos,
  service: ServiceName,
): { comeBack(): void } {
  plans.hold(service);
  for (const pid of pidsOf(service)) process.kill(pid, "SIGKILL");
  return { comeBack: () => plans.release(service) };
}

/** Orders are accepted and wait; when the service is back the backlog is gone sooner than it came. */
export const serviceDown = (downFor: Duration): Fault => ({
  id: "F9",
  name: "service-down",
  about: `all replicas of payment killed, and down for ${downFor / 1_000} s; the others serve, orders wait`,
  async run(chaos) {
    const { platform } = chaos;
    const before = chaos.accepted();
    const payment = takeDown(chaos, "payment");
    const ready = readiness(platform, ["payment"]);
    await sleep(downFor);
    const { looks, failures } = await ready.end();
    const accepted = chaos.accepted() - before;
    const backlog = { until: Date.now(), size: await open(platform) };
    payment.comeBack();
    const began = performance.now();
    const [recovery, drain] = await Promise.all([
      chaos.canary(),
      untilReady(platform.portOf("payment")).then(async () => ({
        start: performance.now() - began,
        perSecond: await draining(platform, backlog),
      })),
    ]);
    if (failures.length > 0)
      throw new Error(`Not ready without payment: ${failures.join(", ")}`);
    const arrival = accepted / (downFor / 1_000);
    const found = `${backlog.size} orders waited, which had come at ${arrival.toFixed(0)} per second and ended at ${drain.perSecond.toFixed(0)} per second`;
    if (accepted === 0 || !(drain.perSecond > arrival))
      throw new Error(`${found}.`);
    return {
      injected: 1,
      recoveries: [recovery],
      notes: [
        `${found} once a process was ready, ${inSeconds(drain.start)} after it was let begin; every other service was ready in each of ${looks} looks`,
      ],
    };
  },
});

const inSeconds = (duration: Duration): string =>
  `${(duration / 1_000).toFixed(1)} s`;

type Backlog = {
  /** Milliseconds since 1970. */
  readonly until: number;
  readonly size: number;
};

/** The rest may be orders that the provider itself lets wait. */
const nearlyAll = 0.95;
const drainsWithin = minutes(5);

/** Orders of the backlog that ended per second, until nearly all of them had. */
async function draining(
  platform: Platform,
  { until, size }: Backlog,
): Promise<number> {
  const began = performance.now();
  const first = await open(platform, until);
  for (;;) {
    const left = await open(platform, until);
    const took = performance.now() - began;
    if (left <= (1 - nearlyAll) * size) return (first - left) / (took / 1_000);
    if (took > drainsWithin) throw new Error("The backlog does not drain.");
    await sleep(100);
  }
}

/** How many orders that were placed by then are under way. */
async function open({ sql }: Platform, until = Date.now()): Promise<number> {
  const [row] = await sql<{ count: number }>(
    `SELECT count(*)::int AS count FROM "order".orders
     WHERE status IN ('pending', 'cancelling') AND created_at <= to_timestamp($1 / 1000.0)`,
    [until],
  );
  return row?.count ?? 0;
}
