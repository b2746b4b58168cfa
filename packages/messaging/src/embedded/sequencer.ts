import type { Database } from "@cartwright/database/open-database";
import { setTimeout as sleep } from "node:timers/promises";
import { milliseconds, minutes, seconds } from "@cartwright/kernel/duration";
import type { Part, PartHealth } from "@cartwright/kernel/part";
import type { Logger } from "@cartwright/observability/logger";
import type { BusRecord } from "../bus.ts";
import { countPublication } from "../counters.ts";
import { fromTheStartEvery, OutboxFloor } from "../outbox-floor.ts";
import { LogTail } from "./log-tail.ts";
import {
  appendRecords,
  keepPartitions,
  endOfLog,
  moveOutboxes,
  perOutbox,
  type Source,
  type LogEntry,
} from "./log-store.ts";

type SequencerOptions = {
  /** One connection of the role `bus`. */
  readonly db: Database;
  /** The schemas whose outboxes feed the log. */
  readonly outboxes: readonly string[];
  readonly logger: Logger;
  /** There is something new at the end of the log. */
  readonly grown: () => void;
  /** The connection is a new one. */
  readonly reconnected: () => void;
};

const pollEvery = seconds(1);
/** Most records are handed on in memory before they are in the log, so moves may gather. */
const movesApart = milliseconds(50);
const tidyEvery = minutes(10);
/** New partitions are made when no more than this is left. */
const roomAhead = 500_000;

/**
 * Moves what services have committed to their outboxes into the log, all dirty outboxes in one
 * statement, and keeps the end of the log in memory. Without `synchronous_commit`: rows and log are
 * in one transaction, so a crash of the server undoes both and they are moved again.
 */
export class Sequencer implements Part {
  readonly name = "sequencer";
  readonly tail = new LogTail();
  readonly #options: SequencerOptions;
  readonly #sources: readonly Source[];
  readonly #dirty = new Set<Source>();
  #running: Promise<void> | undefined;
  #poll: NodeJS.Timeout | undefined;
  #fromTheStartAt = 0;
  #lookDue = true;
  #room = 0;
  #tidyAt = 0;
  #movedAt = 0;
  #failure: string | undefined;

  constructor(options: SequencerOptions) {
    this.#options = options;
    this.#sources = options.outboxes.map((schema) => ({
      schema,
      floor: new OutboxFloor(),
    }));
  }

  async start(): Promise<void> {
    this.#options.db.pool.on("connect", () => this.#reconnected());
    await this.#tidy();
    await this.#look();
    this.#wakeAll();
    this.#poll = setInterval(() => this.#wakeAll(), pollEvery);
  }

  async stop(): Promise<void> {
    clearInterval(this.#poll);
    await this.#running;
  }

  health(): PartHealth {
    return this.#failure === undefined
      ? { status: "up" }
      : { status: "degraded", detail: this.#failure };
  }

  /** Something was committed to the outbox of this schema. */
  wake(schema: string): void {
    for (const source of this.#sources)
      if (source.schema === schema) this.#dirty.add(source);
    this.#running ??= this.#run();
  }

  /** The net below the wakes: rows of another process, of one that died before its wake, below the floor. */
  #wakeAll(): void {
    const now = performance.now();
    if (now >= this.#fromTheStartAt) {
      for (const { floor } of this.#sources) floor.fall();
      this.#fromTheStartAt = now + fromTheStartEvery;
    }
    for (const source of this.#sources) this.#dirty.add(source);
    this.#lookDue = true;
    this.#running ??= this.#run();
  }

  async publish(records: readonly BusRecord[]): Promise<void> {
    const entries = await this.#options.db.transaction(async (tx) => {
      void tx.query("SET LOCAL synchronous_commit = on").catch(() => undefined);
      return appendRecords(tx, records);
    });
    this.#append(entries);
  }

  async #run(): Promise<void> {
    try {
      while (this.#dirty.size > 0) {
        if (this.#lookDue) await this.#look();
        await this.#move();
        if (this.#tidyDue()) await this.#tidy();
      }
      this.#failure = undefined;
    } catch (error) {
      this.#fail(error);
    }
    this.#running = undefined;
  }

  async #move(): Promise<void> {
    const rest = this.#movedAt + movesApart - performance.now();
    if (rest > 0) await sleep(rest);
    this.#movedAt = performance.now();
    const dirty = this.#sources.filter((source) => this.#dirty.has(source));
    this.#dirty.clear();
    const entries = await moveOutboxes(this.#options.db, dirty);
    countPublication(entries.length);
    this.#append(entries);
    if (entries.length < perOutbox) return;
    for (const source of dirty) this.#dirty.add(source); // perhaps not all fitted
  }

  #append(entries: readonly LogEntry[]): void {
    if (entries.length === 0) return;
    this.tail.append(entries);
    this.#options.grown();
  }

  /** Another process may have appended. */
  async #look(): Promise<void> {
    this.#lookDue = false;
    const end = await endOfLog(this.#options.db);
    if (end === this.tail.end) return;
    this.tail.reset(end);
    this.#options.grown();
  }

  #tidyDue(): boolean {
    const crowded = this.tail.end > this.#room - roomAhead;
    return crowded || performance.now() > this.#tidyAt;
  }

  async #tidy(): Promise<void> {
    this.#tidyAt = performance.now() + tidyEvery;
    this.#room = await keepPartitions(this.#options.db);
  }

  /**
   * The session's locks are gone; and if the server has crashed, so may be the last records: those in
   * memory are no longer believed, and the groups begin from their cursors.
   */
  #reconnected(): void {
    this.#distrustMemory();
    this.#options.reconnected();
  }

  /** Whether the last move was committed is unknown. */
  #fail(error: unknown): void {
    if (this.#failure === undefined)
      this.#options.logger.warn("the log waits", { error: String(error) });
    this.#failure = String(error);
    this.#distrustMemory();
  }

  #distrustMemory(): void {
    this.tail.reset(Number.MAX_SAFE_INTEGER);
    this.#lookDue = true;
  }
}
