import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { seconds, type Duration } from "@cartwright/kernel/duration";
import type { Part, PartHealth } from "@cartwright/kernel/part";
import type { Logger } from "@cartwright/observability/logger";
import type { Kafka } from "kafkajs";
import type { SubscribeOptions } from "../bus.ts";
import { mendedElsewhere } from "./crash.ts";
import { livenessOf } from "./liveness.ts";
import { MissedRecords } from "./missed.ts";
import { membership, type MemberTimes } from "./membership.ts";
import { Progress, type Assignment, type Standing } from "./progress.ts";
import { standingsIn, standingsOf } from "./standings.ts";

const firstBackOff = 100;
const longestBackOff = seconds(5);
/** A consumer that lived for so long was well. */
const wellAfter = seconds(30);

type Settings = {
  readonly times: MemberTimes;
  readonly logger: Logger;
  /** A consumer that fetches nothing for so long, although there is something, is dead. */
  readonly stalledAfter?: Duration;
  /** After so many short lives in a row, while a broker answers, only a process anew is left to be tried. */
  readonly lives?: number;
};

/**
 * A consumer that comes back. kafkajs ends a consumer for good at some errors and restarts it blindly at
 * others; here every crash is followed by a new one, with back-off. Without a broker that goes on for
 * ever, a few times a minute; with one there is an end to it, and the part is dead.
 */
export function kafkaSubscription(
  kafka: Kafka,
  options: SubscribeOptions,
  settings: Settings,
): Part {
  const subscription = new Subscription(kafka, options, settings);
  let running: Promise<void> | undefined;
  return {
    name: `subscription ${options.group}`,
    start: async () => void (running = subscription.run()),
    async stop() {
      subscription.leave();
      await running;
    },
    health: () => subscription.health(),
  };
}

class Subscription {
  readonly #kafka: Kafka;
  readonly #options: SubscribeOptions;
  readonly #settings: Settings;
  readonly #stop = new AbortController();
  readonly #stopped = once(this.#stop.signal, "abort").then(() => undefined);
  readonly #progress = new Progress();
  readonly #liveness: () => Promise<PartHealth>;
  readonly #missed = new MissedRecords();
  #failure: string | undefined = "not connected yet";
  /** Said already: a consumer that joins and crashes again and again says it once. */
  #lastReason: string | undefined;
  #shortLives = 0;

  constructor(kafka: Kafka, options: SubscribeOptions, settings: Settings) {
    this.#kafka = kafka;
    this.#options = options;
    this.#settings = settings;
    this.#liveness = livenessOf(this.#progress, {
      stalledAfter: settings.stalledAfter ?? seconds(45),
      standings: (assignment) => this.#standings(assignment),
    });
  }

  async run(): Promise<void> {
    const stopping = this.#stop.signal;
    for (let backOff = firstBackOff; !stopping.aborted; backOff *= 2) {
      const born = performance.now();
      const crash = await membership(this.#kafka, this.#options, this.#life());
      if (crash === undefined) return;
      if (performance.now() - born > wellAfter) {
        backOff = firstBackOff;
        this.#shortLives = 0;
        this.#lastReason = undefined;
      }
      await this.#note(crash);
      const pause = Math.min(backOff, longestBackOff);
      await Promise.race([sleep(pause), this.#stopped]);
    }
  }

  leave(): void {
    this.#stop.abort();
  }

  async health(): Promise<PartHealth> {
    if (this.#failure === undefined) {
      const state = await this.#liveness();
      const detail = this.#missed.summary();
      return state.status === "up" && detail !== undefined
        ? { status: "degraded", detail }
        : state;
    }
    const { lives = 10 } = this.#settings;
    const status = this.#shortLives < lives ? "degraded" : "dead";
    return { status, detail: this.#failure };
  }

  #life() {
    const { times, logger } = this.#settings;
    const progress = this.#progress;
    const joined = (assignment: Assignment) => {
      this.#failure = undefined;
      progress.joined(assignment);
    };
    const beforeReading = async () => {
      const standings = await this.#standingsBeforeReading();
      this.#noteMissed(standings);
      return standings
        .filter(({ committed }) => committed < 0n)
        .map(({ topic, partition, start }) => ({
          ...{ topic, partition, offset: String(start) },
        }));
    };
    const stop = this.#stopped;
    return { times, logger, stop, joined, beforeReading, progress };
  }

  async #note(crash: Error): Promise<void> {
    const { logger } = this.#settings;
    const elsewhere = mendedElsewhere(crash);
    const reason = elsewhere ?? crash.message;
    if (reason !== this.#lastReason) {
      if (elsewhere === undefined)
        logger.warn("the consumer is made anew", { error: reason });
      else logger.error("the consumer cannot live", { error: reason });
    }
    this.#failure = this.#lastReason = reason;
    const isOurs =
      elsewhere === undefined && (await this.#standings({})) !== undefined;
    this.#shortLives = isOurs ? this.#shortLives + 1 : 0;
  }

  /** Rejects when no broker tells: once something was read, what was missed before it cannot be known any more. */
  async #standingsBeforeReading(): Promise<readonly Standing[]> {
    const { group, topics } = this.#options;
    const standings = await standingsIn(this.#kafka, group, topics, 5);
    if (standings === undefined)
      throw new Error("No broker says where the group stands.");
    return standings;
  }

  async #standings(assignment: Assignment) {
    const { group } = this.#options;
    const seen = await standingsOf(this.#kafka, group, assignment);
    this.#noteMissed(seen);
    return seen;
  }

  /** Said at once and kept in the health: behind a gap a consumer goes on as if nothing had been there. */
  #noteMissed(standings: readonly Standing[] = []): void {
    for (const { from, to, ...place } of this.#missed.note(standings)) {
      this.#settings.logger.error(
        "records were deleted before they were read",
        { ...place, from: String(from), to: String(to - 1n) },
      );
    }
  }
}
