import { setTimeout as sleep } from "node:timers/promises";
import { seconds, type Duration } from "@cartwright/kernel/duration";
import { noTurns, type Turn } from "@cartwright/kernel/turns";
import type { Logger } from "@cartwright/observability/logger";
import type { Batch, ReceivedRecord, SubscribeOptions } from "../bus.ts";
import { batchBegunAt } from "../begun-at.ts";
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

type CollectorOptions = Pick<
  SubscribeOptions,
  "handle" | "maxBatch" | "turn" | "gather"
> & {
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
  readonly #turn: Turn;
  #queue: Waiting[] = [];
  #running: Promise<void> | undefined;
  #stopping = false;

  constructor(options: CollectorOptions) {
    this.#options = options;
    this.#turn = options.turn ?? noTurns;
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
        const portions = await this.#deliver();
        if (portions === undefined) break;
        for (const { waiting, to } of portions) waiting.slice.resolve(to);
        this.#release();
        await this.#heartbeat();
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

  /** Gathers a batch and hands it over until it is handled; undefined when stopping ended the attempts. */
  async #deliver(): Promise<readonly Portion[] | undefined> {
    const { maxBatch = 500, progress, logger } = this.#options;
    const [head] = this.#queue;
    const since = batchBegunAt(
      this.#options,
      head?.slice.records[head.taken], // with which the batch will begin
    );
    let portions: readonly Portion[] | undefined;
    for (let backOff = firstBackOff; ; backOff *= 2) {
      try {
        return await this.#turn(since, async () => {
          if (this.#stopping && portions === undefined) return undefined;
          portions ??= take(this.#queue, maxBatch);
          await this.#options.handle(this.#batchOf(portions));
          progress.tried(true);
          return portions;
        });
      } catch (error) {
        progress.tried(false);
        const retryInMs = Math.min(backOff, longestBackOff);
        const records = recordsIn(portions ?? []);
        logger.warn("a batch was rejected and comes again", {
          records: records.length,
          firstAt: records[0]?.position,
          retryInMs,
          error: String(error),
        });
        if (!(await this.#pause(retryInMs))) return undefined;
      }
    }
  }

  #batchOf(portions: readonly Portion[]): Batch {
    return {
      records: recordsIn(portions),
      heartbeat: () => {
        this.#options.progress.advanced();
        return this.#heartbeat();
      },
      settle: settledByOffsets,
    };
  }

  /** Of the slice that is handled first, which stays in the queue until it is. */
  async #heartbeat(): Promise<void> {
    await this.#queue[0]?.slice.heartbeat();
  }

  async #pause(duration: Duration): Promise<boolean> {
    const end = performance.now() + duration;
    while (!this.#stopping) {
      await this.#heartbeat();
      const left = end - performance.now();
      if (left <= 0) return true;
      await sleep(Math.min(left, glance));
    }
    return false;
  }
}

/** The broker keeps the offsets; they are committed after the batch. */
const settledByOffsets = (): Promise<void> => Promise.resolve();

const recordsIn = (portions: readonly Portion[]): ReceivedRecord[] =>
  portions.flatMap(({ waiting, from, to }) =>
    waiting.slice.records.slice(from, to),
  );

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
