import { setTimeout as sleep } from "node:timers/promises";
import { seconds, type Duration } from "@cartwright/kernel/duration";
import type { Logger } from "@cartwright/observability/logger";
import type { Batch, ReceivedRecord, SubscribeOptions } from "../bus.ts";
import type { Progress } from "./progress.ts";

/** What one fetch brought of one partition. */
export type Slice = {
  readonly records: readonly ReceivedRecord[];
  /** The first `count` records are handled. */
  resolve(count: number): void;
  /** Keeps the membership; rejects when it is lost or the group is about to share out anew. */
  heartbeat(): Promise<void>;
};

type Failure = { readonly error: unknown };

type Waiting = {
  readonly slice: Slice;
  taken: number;
  readonly done: (failure?: Failure) => void;
};

type Portion = {
  readonly waiting: Waiting;
  readonly from: number;
  readonly to: number;
};

type CollectorOptions = Pick<SubscribeOptions, "handle" | "maxBatch"> & {
  readonly logger: Logger;
  /** Hears of each attempt at a batch, and of each part of one that takes long. */
  readonly progress: Pick<Progress, "tried" | "advanced">;
};

const firstBackOff = 100;
const longestBackOff = seconds(5);
/** While it waits to try again the member shows that it is alive, and looks whether it is to stop. */
const glance = 100;

/**
 * Merges the slices that arrive in one turn of the event loop into one batch, hands over one batch
 * at a time, and repeats a rejected one with back-off. Slices that arrive meanwhile form the next.
 */
export class Collector {
  readonly #options: CollectorOptions;
  #queue: Waiting[] = [];
  #running: Promise<void> | undefined;
  #stopping = false;

  constructor(options: CollectorOptions) {
    this.#options = options;
  }

  /** Resolves when the slice is handled or given up; rejects when its heartbeat did. */
  async collect(slice: Slice): Promise<void> {
    if (this.#stopping) return;
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    const done = (failure?: Failure) =>
      failure ? reject(failure.error) : resolve(undefined);
    this.#queue.push({ slice, taken: 0, done });
    this.#running ??= this.#run();
    await promise;
  }

  /** Finishes the batch in hand and takes no more. */
  async drain(): Promise<void> {
    this.#stopping = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    await new Promise(setImmediate);
    try {
      while (this.#queue.length > 0 && !this.#stopping) {
        const portions = take(this.#queue, this.#options.maxBatch ?? 500);
        if (!(await this.#deliver(portions))) break;
        for (const { waiting, to } of portions) waiting.slice.resolve(to);
        this.#release();
        await this.#queue[0]?.slice.heartbeat();
      }
      this.#abandon();
    } catch (error) {
      this.#abandon({ error });
    }
    this.#running = undefined;
  }

  #release(): void {
    const isDone = ({ slice, taken }: Waiting) =>
      taken === slice.records.length;
    for (const waiting of this.#queue) if (isDone(waiting)) waiting.done();
    this.#queue = this.#queue.filter((waiting) => !isDone(waiting));
  }

  /** Leaves what waits unresolved: it is fetched again, here or by whoever gets the partition. */
  #abandon(failure?: Failure): void {
    for (const { done } of this.#queue) done(failure);
    this.#queue = [];
  }

  /** Hands the batch over until it is handled; false when stopping ended the attempts. */
  async #deliver(portions: readonly Portion[]): Promise<boolean> {
    const heartbeat = async () => portions[0]?.waiting.slice.heartbeat();
    const records = portions.flatMap(({ waiting, from, to }) =>
      waiting.slice.records.slice(from, to),
    );
    const batch: Batch = {
      records,
      heartbeat: () => {
        this.#options.progress.advanced();
        return heartbeat();
      },
      settle: settledByOffsets,
    };
    for (let backOff = firstBackOff; ; backOff *= 2) {
      try {
        await this.#options.handle(batch);
        this.#options.progress.tried(true);
        return true;
      } catch (error) {
        this.#options.progress.tried(false);
        const retryInMs = Math.min(backOff, longestBackOff);
        this.#options.logger.warn("a batch was rejected and comes again", {
          records: records.length,
          firstAt: records[0]?.position,
          retryInMs,
          error: String(error),
        });
        if (!(await this.#pause(retryInMs, heartbeat))) return false;
      }
    }
  }

  async #pause(
    duration: Duration,
    heartbeat: () => Promise<void>,
  ): Promise<boolean> {
    const end = performance.now() + duration;
    while (!this.#stopping) {
      await heartbeat();
      const left = end - performance.now();
      if (left <= 0) return true;
      await sleep(Math.min(left, glance));
    }
    return false;
  }
}

/** The broker keeps the offsets; they are committed after the batch. */
const settledByOffsets = (): Promise<void> => Promise.resolve();

/** Up to `limit` records from the slices in turn; of the last one perhaps only a part. */
function take(queue: readonly Waiting[], limit: number): Portion[] {
  const portions: Portion[] = [];
  let room = limit;
  for (const waiting of queue) {
    if (room === 0) break;
    const from = waiting.taken;
    const to = Math.min(waiting.slice.records.length, from + room);
    waiting.taken = to;
    room -= to - from;
    portions.push({ waiting, from, to });
  }
  return portions;
}
