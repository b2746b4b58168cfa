import { setTimeout as sleep } from "node:timers/promises";
import type { Queryable, Tx } from "@cartwright/database/tx";
import { seconds } from "@cartwright/kernel/duration";
import type { Part, PartHealth } from "@cartwright/kernel/part";
import { noTurns, type Turn } from "@cartwright/kernel/turns";
import type { Logger } from "@cartwright/observability/logger";
import type {
  Batch,
  BusRecord,
  ReceivedRecord,
  SubscribeOptions,
} from "../bus.ts";
import { batchBegunAt } from "../begun-at.ts";
import { signal } from "../signal.ts";
import { AheadOfLog } from "./ahead-of-log.ts";
import type { GroupLocks } from "./group-locks.ts";
import { cursorsOf, readLog, settle, type LogEntry } from "./log-store.ts";
import type { LogTail } from "./log-tail.ts";

type MemberOptions = SubscribeOptions & {
  /** For reading what is no longer in memory. */
  readonly db: Queryable;
  readonly tail: LogTail;
  readonly locks: GroupLocks;
  readonly logger: Logger;
};

const glanceEvery = seconds(1);
const advanceEvery = seconds(30);
const firstBackOff = 100;
const longestBackOff = seconds(5);

/** Reads the log for its group while it holds the group's lock; until then it stands by. */
export class GroupMember implements Part {
  readonly name: string;
  readonly #options: MemberOptions;
  readonly #topics: readonly string[];
  readonly #maxBatch: number;
  readonly #bell = signal();
  #running: Promise<void> | undefined;
  #stopping = false;
  #failure: string | undefined;
  #cursors: ReadonlyMap<string, number> = new Map();
  /** All entries of our topics up to here are handled. */
  #position = 0;
  /** Whether memory may be read; not before the table was read to its end. */
  #caughtUp = false;
  #advancedAt = performance.now();
  readonly #ahead: AheadOfLog;
  readonly #turn: Turn;
  /** The last entry up to which all is handled, while the cursors in the database are still before it. */
  #passed: LogEntry | undefined;

  constructor(options: MemberOptions) {
    this.name = `subscription ${options.group}`;
    this.#options = options;
    this.#topics = [...options.topics].sort();
    this.#maxBatch = options.maxBatch ?? 500;
    this.#turn = options.turn ?? noTurns;
    this.#ahead = new AheadOfLog((topic) => this.#cursors.has(topic));
  }

  async start(): Promise<void> {
    this.#running = this.#run();
    await Promise.resolve();
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    this.#bell.fire();
    await this.#running;
  }

  health(): PartHealth {
    return this.#failure === undefined
      ? { status: "up" }
      : { status: "degraded", detail: this.#failure };
  }

  /** The log has grown. */
  wake(): void {
    this.#bell.fire();
  }

  /** This process has committed the records to the outbox of `schema`. A group that gathers finds them in the log. */
  offer(schema: string, records: readonly BusRecord[]): void {
    const { locks, gather } = this.#options;
    if (gather !== undefined || !locks.holds(this)) return;
    if (this.#ahead.offer(schema, records)) this.#bell.fire();
  }

  async #run(): Promise<void> {
    let backOff = firstBackOff;
    while (!this.#stopping) {
      try {
        await this.#lead(() => (backOff = firstBackOff));
      } catch (error) {
        this.#fail(error, backOff);
        await this.#pause(backOff);
        backOff = Math.min(backOff * 2, longestBackOff);
      }
    }
    await this.#settlePassed().catch(() => undefined); // else what was handled comes again, and is dropped
    await this.#options.locks.release(this).catch(() => undefined); // without its session it is free
  }

  /** Handles batches while the lock is ours; the first failure ends it, and all begins from the cursors. */
  async #lead(progressed: () => void): Promise<void> {
    const { locks, group, db, gather } = this.#options;
    if (!(await locks.acquire(this, group))) {
      await this.#rest();
      return;
    }
    this.#cursors = await cursorsOf(db, group, this.#topics);
    this.#position = Math.min(...this.#cursors.values());
    this.#caughtUp = false;
    this.#passed = undefined;
    this.#ahead.forget();
    while (!this.#stopping && locks.holds(this)) {
      this.#bell.reset();
      const since = batchBegunAt(this.#options, this.#ahead.next());
      const found = await this.#turn(since, () => this.#handleNext());
      progressed();
      if (found === 0) await this.#rest();
      else if (gather !== undefined && found < this.#maxBatch)
        await this.#pause(gather);
    }
  }

  /** Returns how many entries and records there were. */
  async #handleNext(): Promise<number> {
    const { entries, upTo } = await this.#next();
    const records = this.#unhandledOf(entries);
    const passed: LogEntry | undefined = entries.at(-1) ?? this.#passed;
    if (records.length > 0) await this.#deliver(records, passed);
    else this.#passed = passed;
    this.#position = upTo;
    this.#failure = undefined;
    return Math.max(entries.length, records.length);
  }

  /** Those of the log that were not handled ahead of it; and when it has been read to its end, what is ahead of it. */
  #unhandledOf(entries: readonly LogEntry[]): ReceivedRecord[] {
    const fresh = entries
      .filter(({ record }) => !this.#ahead.met(record))
      .filter((entry) => this.#isFresh(entry))
      .map(({ record }) => record);
    const more = entries.length < this.#maxBatch && this.#caughtUp;
    return more
      ? [...fresh, ...this.#ahead.take(this.#maxBatch - fresh.length)]
      : fresh;
  }

  async #next() {
    const { db, tail } = this.#options;
    const recent = this.#caughtUp
      ? tail.read(this.#position, this.#isOurs, this.#maxBatch)
      : undefined;
    if (recent) return recent;
    const read = await readLog(
      db,
      this.#position,
      this.#topics,
      this.#maxBatch,
    );
    this.#caughtUp = read.entries.length < this.#maxBatch;
    return read;
  }

  readonly #isOurs = ({ record }: LogEntry): boolean =>
    this.#cursors.has(record.topic);

  /** A topic added later is behind the others, which it must not repeat. */
  #isFresh({ record, position }: LogEntry): boolean {
    return position > (this.#cursors.get(record.topic) ?? 0);
  }

  async #deliver(
    records: readonly ReceivedRecord[],
    passed: LogEntry | undefined,
  ): Promise<void> {
    const { db, group, handle } = this.#options;
    const outcome = { settled: false };
    const batch: Batch = {
      records,
      heartbeat: () => Promise.resolve(),
      async settle(tx: Tx) {
        tx.afterCommit(() => (outcome.settled = true));
        if (passed) await settle(tx, group, passed);
      },
    };
    await handle(batch);
    if (passed && !outcome.settled) await settle(db, group, passed);
    this.#passed = undefined;
  }

  async #rest(): Promise<void> {
    await this.#advance();
    await this.#bell.wait(glanceEvery);
  }

  /** Now and then past what was handled ahead of the log and past other topics' records: they are not read again and can be dropped. */
  async #advance(): Promise<void> {
    const { tail } = this.#options;
    const now = performance.now();
    const pause = this.#passed === undefined ? advanceEvery : glanceEvery;
    if (now < this.#advancedAt + pause) return;
    this.#advancedAt = now;
    if (tail.last?.position === this.#position) this.#passed = tail.last;
    await this.#settlePassed();
  }

  async #settlePassed(): Promise<void> {
    const { db, group } = this.#options;
    if (this.#passed) await settle(db, group, this.#passed);
    this.#passed = undefined;
  }

  #fail(error: unknown, retryInMs: number): void {
    this.#failure = String(error);
    this.#options.logger.warn("a batch was rejected and comes again", {
      group: this.#options.group,
      retryInMs,
      error: this.#failure,
    });
  }

  async #pause(duration: number): Promise<void> {
    const end = performance.now() + duration;
    while (!this.#stopping && performance.now() < end) await sleep(50);
  }
}
