import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { seconds, type Duration } from "@cartwright/kernel/duration";
import type { Part, PartHealth } from "@cartwright/kernel/part";
import type { Logger } from "@cartwright/observability/logger";
import type { Kafka } from "kafkajs";
import type { SubscribeOptions } from "../bus.ts";
import { membership, type MemberTimes } from "./membership.ts";
import { reachable } from "./reachable.ts";

const stalledAfter = seconds(60);
const firstBackOff = 100;
const longestBackOff = seconds(5);

/**
 * A consumer that comes back. kafkajs ends a consumer for good at some errors and restarts it
 * blindly at others; here every crash is followed by a new one, with back-off.
 */
export function kafkaSubscription(
  kafka: Kafka,
  options: SubscribeOptions,
  { times, logger }: { readonly times: MemberTimes; readonly logger: Logger },
): Part {
  const stop = new AbortController();
  const stopped = once(stop.signal, "abort").then(() => undefined);
  let running: Promise<void> | undefined;
  let failure: string | undefined = "not connected yet";
  let progressAt = performance.now();
  const progressed = () => void (progressAt = performance.now());

  const joined = () => {
    failure = undefined;
    progressed();
  };
  async function run(): Promise<void> {
    const life = { times, logger, stop: stopped, joined, progressed };
    for (let backOff = firstBackOff; !stop.signal.aborted; backOff *= 2) {
      const crash = await membership(kafka, options, life);
      if (crash === undefined) return;
      if (failure === undefined) backOff = firstBackOff;
      if (failure !== crash.message)
        logger.warn("the consumer is made anew", { error: crash.message });
      failure = crash.message;
      await Promise.race([sleep(Math.min(backOff, longestBackOff)), stopped]);
    }
  }

  return {
    name: `subscription ${options.group}`,
    start: async () => void (running = run()),
    async stop() {
      stop.abort();
      await running;
    },
    health: () =>
      failure === undefined
        ? healthAfter(performance.now() - progressAt, kafka)
        : { status: "degraded", detail: failure },
  };
}

/** A consumer that fetches nothing although its broker answers can only be helped by a restart. */
async function healthAfter(
  silence: Duration,
  kafka: Kafka,
): Promise<PartHealth> {
  if (silence < stalledAfter) return { status: "up" };
  const detail = `nothing fetched for ${Math.round(silence / 1_000)} s`;
  return { status: (await reachable(kafka)) ? "dead" : "degraded", detail };
}
