import { setTimeout as sleep } from "node:timers/promises";
import type { Tx } from "@cartwright/database/tx";
import { crashPoint } from "@cartwright/kernel/crash-point";
import {
  milliseconds,
  seconds,
  type Duration,
} from "@cartwright/kernel/duration";
import { attemptStore } from "./attempt-store.ts";
import type {
  Attempt,
  AttemptWorker,
  AttemptWorkerOptions,
  CallResult,
  NewAttempt,
} from "./attempts.ts";
import { begunAt } from "./begun-at.ts";
import { LeasedQueue } from "./leased-queue.ts";
import { makeCall } from "./make-call.ts";
import { settleCalls, type FinishedCall } from "./settle-calls.ts";
import { signal } from "./signal.ts";

const idlePoll = seconds(1);
const saveAgainAfter = seconds(1);
const moment = milliseconds(5);
const settledTogether = 500;
/** How many attempts wait in memory for each that is being called. */
const queuedPerCall = 16;
/** A lease outlasts the call's time-out, and the saving of its outcome. */
const leasePerTimeout = 3;

/**
 * Makes recorded calls. Those of this process are taken straight from the commit that recorded them;
 * the poll finds what was postponed and what another process left behind when its lease ran out.
 */
export function attemptWorker<Request, Outcome>(
  options: AttemptWorkerOptions<Request, Outcome>,
): AttemptWorker<Request> {
  const calls = new Calls(options);
  return {
    name: options.name,
    record: (tx, attempts) => calls.record(tx, attempts),
    hasten: (tx, subjectIds) => calls.hasten(tx, subjectIds),
    start: () => calls.start(),
    stop: () => calls.stop(),
  };
}

class Calls<Request, Outcome> {
  readonly #options: AttemptWorkerOptions<Request, Outcome>;
  readonly #lease: Duration;
  readonly #capacity: number;
  readonly #queue = new LeasedQueue<Request>();
  readonly #calling = new Set<Promise<void>>();
  readonly #finished: FinishedCall<Request, Outcome>[] = [];
  readonly #work = signal();
  readonly #results = signal();
  readonly #allEnded = signal();
  #loops: Promise<void>[] = [];
  #stopping = false;

  constructor(options: AttemptWorkerOptions<Request, Outcome>) {
    this.#options = options;
    this.#lease = options.timeout * leasePerTimeout;
    this.#capacity = options.concurrency * queuedPerCall;
  }

  /** Rows are written as already leased to this process, as far as it has room for them. */
  record(tx: Tx, attempts: readonly NewAttempt<Request>[]): void {
    if (attempts.length === 0) return;
    const beginBy = this.#beginBy();
    const hasRoom =
      !this.#stopping && this.#queue.size + attempts.length <= this.#capacity;
    const rows = attempts.map((attempt) => {
      const leased = hasRoom && attempt.delay === undefined;
      const delay = attempt.delay ?? (leased ? this.#lease : 0);
      return { ...attempt, delay, leased };
    });
    const inserted = attemptStore.insert(tx, rows);
    inserted.catch(() => undefined); // then there is no commit
    tx.afterCommit(() => {
      if (!hasRoom && this.#isHalfEmpty()) this.#work.fire();
      void inserted.then((ids) => {
        const own = rows.filter(({ id, leased }) => leased && ids.has(id));
        this.#take(own, beginBy);
      });
    });
  }

  hasten(tx: Tx, subjectIds: readonly string[]): void {
    attemptStore.hasten(tx, subjectIds);
    tx.afterCommit(() => {
      this.#work.fire();
    });
  }

  #take(recorded: readonly NewAttempt<Request>[], beginBy: number): void {
    this.#queue.add(
      recorded.map((attempt) => ({ ...attempt, calls: 0 })),
      beginBy,
    );
    this.#callNext();
  }

  start(): Promise<void> {
    this.#loops = [this.#claimLoop(), this.#settleLoop()];
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    this.#work.fire();
    this.#results.fire();
    await Promise.all(this.#loops);
  }

  #callNext(): void {
    while (!this.#stopping && this.#calling.size < this.#options.concurrency) {
      const attempt = this.#queue.next();
      if (attempt === undefined) return;
      if (this.#queue.size === Math.floor(this.#capacity / 2))
        this.#work.fire();
      const call = makeCall(this.#options, attempt).then((result) => {
        crashPoint("attempt.after-call");
        this.#calling.delete(call);
        this.#finish(attempt, result);
        this.#callNext();
        if (this.#calling.size === 0) this.#allEnded.fire();
      });
      this.#calling.add(call);
    }
  }

  #finish(attempt: Attempt<Request>, result: CallResult<Outcome>): void {
    this.#finished.push({ attempt, result });
    this.#results.fire();
    if (!result.settled && result.retryIn < idlePoll) {
      setTimeout(() => this.#work.fire(), result.retryIn).unref();
    }
  }

  async #claimLoop(): Promise<void> {
    while (!this.#stopping) {
      this.#work.reset();
      const free = this.#capacity - this.#queue.size;
      const wanted = this.#isHalfEmpty() ? Math.min(free, settledTogether) : 0;
      const beginBy = this.#beginBy();
      const claimed = wanted > 0 ? await this.#claim(wanted) : [];
      this.#queue.add(claimed, beginBy);
      this.#callNext();
      if (wanted <= 0 || claimed.length < wanted)
        await this.#work.wait(idlePoll);
    }
  }

  /** What found no room is fetched many at a time, not one for each call that ends. */
  #isHalfEmpty(): boolean {
    return this.#queue.size <= this.#capacity / 2;
  }

  /** Of a lease that is taken now. */
  #beginBy(): number {
    return performance.now() + this.#lease - this.#options.timeout;
  }

  async #claim(limit: number): Promise<Attempt<Request>[]> {
    const { db, logger } = this.#options;
    try {
      return await attemptStore.claim<Request>(db, limit, this.#lease);
    } catch (error) {
      logger.warn("attempts cannot be claimed", { error: String(error) });
      return [];
    }
  }

  /**
   * One transaction at a time: what finishes meanwhile is saved by the next. While other calls are
   * under way they are given a moment, for what a batch began together mostly ends together.
   */
  async #settleLoop(): Promise<void> {
    while (
      !this.#stopping ||
      this.#calling.size > 0 ||
      this.#finished.length > 0
    ) {
      this.#results.reset();
      if (this.#finished.length > 0) await this.#others();
      const [first] = this.#finished;
      if (first === undefined) await this.#results.wait(idlePoll);
      else await this.#settleNext(begunAt(first.attempt.cause.correlationId));
    }
  }

  /** What the database does not take now is kept; a worker that stops leaves it to its lease. */
  async #settleNext(since: number): Promise<void> {
    let batch: FinishedCall<Request, Outcome>[] = [];
    try {
      await this.#options.db.turn(since, () => {
        batch = this.#finished.splice(0, settledTogether);
        return settleCalls(this.#options, batch);
      });
    } catch (error) {
      if (this.#stopping) return;
      this.#options.logger.warn("outcomes wait for the database", {
        ...{ count: batch.length, error: String(error) },
      });
      this.#finished.unshift(...batch);
      await sleep(saveAgainAfter);
    }
  }

  async #others(): Promise<void> {
    if (this.#calling.size === 0) return;
    this.#allEnded.reset();
    await this.#allEnded.wait(moment);
  }
}
