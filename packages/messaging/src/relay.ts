import type { Queryable } from "@cartwright/database/tx";
import { crashPoint } from "@cartwright/kernel/crash-point";
import { seconds } from "@cartwright/kernel/duration";
import type { Part, PartHealth } from "@cartwright/kernel/part";
import type { Logger } from "@cartwright/observability/logger";
import { noTracing, type Tracing } from "@cartwright/observability/tracing";
import { WrongTopic, type Bus, type BusRecord } from "./bus.ts";
import { countPublication, countUnpublishable } from "./counters.ts";
import { leaseKeeper, type Lease } from "./lease.ts";
import { failedHealth } from "./failed/failed-health.ts";
import { fromTheStartEvery } from "./outbox-floor.ts";
import { outboxRows, type OutboxRow } from "./relay/outbox-rows.ts";
import { Pace } from "./relay/pace.ts";
import { publishAround, type Refused } from "./relay/publish-around.ts";
import { recordPublished } from "./relay/record-published.ts";
import { ReadingPlace } from "./relay/reading-place.ts";
import { wholeBatch } from "./relay/whole-batch.ts";
import { signal } from "./signal.ts";
import { constantHeaders } from "./wire.ts";

const batchSize = 500;
/** Larger payloads are read for those rows only that go into a request, so that a batch is never many times that size. */
const largestPayload = 16 * 1024;
const retryAfter = seconds(1);

export type Relay = Part & {
  /** Something was committed to the outbox. */
  wake(): void;
};

type RelayOptions = {
  readonly db: Queryable;
  readonly bus: Bus;
  readonly logger: Logger;
  readonly tracing?: Tracing;
};

/** Publishes the outbox: one relay per service acts, one awaited batch at a time. */
export function outboxRelay(options: RelayOptions): Relay {
  const publisher = new Publisher(options);
  return {
    name: "outbox relay",
    wake: () => {
      publisher.wake();
    },
    start: () => publisher.start(),
    stop: () => publisher.stop(),
    health: () => publisher.health(),
  };
}

class Publisher {
  readonly #options: RelayOptions;
  readonly #lease: ReturnType<typeof leaseKeeper>;
  readonly #woken = signal();
  readonly #pace = new Pace();
  #running: Promise<void> = Promise.resolve();
  #stopping = false;
  #failure: string | undefined;
  #hasCalled = false;
  readonly #place: ReadingPlace;

  constructor(options: RelayOptions) {
    this.#options = options;
    this.#lease = leaseKeeper(options.db, "relay");
    this.#place = new ReadingPlace(options.db, fromTheStartEvery);
  }

  wake(): void {
    this.#woken.fire();
  }

  start(): Promise<void> {
    this.#running = this.#run();
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    this.#woken.fire();
    await this.#running;
    await this.#lease.release();
  }

  async health(): Promise<PartHealth> {
    return this.#failure === undefined
      ? failedHealth(this.#options.db)
      : { status: "degraded", detail: this.#failure };
  }

  async #run(): Promise<void> {
    while (!this.#stopping) {
      this.#woken.reset();
      try {
        const lease = await this.#lease.current();
        const found = lease !== undefined && (await this.#drain(lease));
        this.#failure = undefined;
        this.#hasCalled = false;
        await this.#woken.wait(this.#pace.after({ found }));
      } catch (error) {
        this.#noteFailure(error);
        this.#woken.reset();
        await this.#woken.wait(retryAfter);
      }
    }
  }

  /** Until the outbox is empty, the lease is gone or the relay stops. Returns whether there was anything in it. */
  async #drain(lease: Lease): Promise<boolean> {
    let rows = await this.#exchange(lease, [], batchSize);
    const found = rows.length > 0;
    while (rows.length > 0 && lease.holds()) {
      crashPoint("relay.before-publish");
      const published = await this.#publish(lease, rows);
      crashPoint("relay.after-publish");
      const limit = (await this.#goesOn(lease)) ? batchSize : 0;
      rows = await this.#exchange(lease, published, limit);
      crashPoint("relay.after-delete");
    }
    return found;
  }

  /** Deletes the rows at these positions and reads the next. */
  async #exchange(
    lease: Lease,
    published: readonly number[],
    limit: number,
  ): Promise<readonly OutboxRow[]> {
    const { db } = this.#options;
    const place = await this.#place.after(lease, published.at(-1));
    const exchange = { published, limit, largestPayload, ...place };
    const reading = await outboxRows.exchange(db, lease, exchange);
    if (limit > 0) this.#place.read(reading);
    return wholeBatch(db, reading.rows);
  }

  /** The positions of those that the bus has taken; those that it refuses for good are set aside. */
  async #publish(lease: Lease, rows: readonly OutboxRow[]): Promise<number[]> {
    const { bus, tracing = noTracing } = this.#options;
    const { published, refused } = await publishAround(rows, {
      publish: async (part) => {
        await bus.publish(part.map(recordOf));
        countPublication(part.length);
        recordPublished(tracing, bus.system, part);
      },
      goesOn: () => this.#goesOn(lease),
    });
    if (refused.length > 0) await this.#setAside(lease, refused);
    return published.map(({ position }) => position);
  }

  async #setAside(
    lease: Lease,
    refused: readonly Refused<OutboxRow>[],
  ): Promise<void> {
    const { db, logger } = this.#options;
    this.#place.block(refused.map(({ row }) => row.subject));
    const rows = refused.map(({ row, reason }) => ({ ...row, reason }));
    await outboxRows.setAside(db, lease, rows);
    countUnpublishable(rows.length);
    const [{ subject, reason } = { subject: "", reason: "" }] = rows;
    logger.error("messages cannot be published", {
      ...{ count: rows.length, subject, error: reason },
    });
  }

  async #goesOn(lease: Lease): Promise<boolean> {
    return !this.#stopping && (await this.#lease.current()) === lease;
  }

  /** Once per outage, and once when somebody has to act: what waits shows in the health, not in a storm of lines. */
  #noteFailure(error: unknown): void {
    const reason = String(error);
    if (error instanceof WrongTopic && !this.#hasCalled) {
      this.#hasCalled = true;
      this.#options.logger.error("publishing has stopped", { error: reason });
    } else if (this.#failure === undefined) {
      this.#options.logger.warn("publishing waits", { error: reason });
    }
    this.#failure = reason;
  }
}

const recordOf = ({ topic, key, headers, payload }: OutboxRow): BusRecord => ({
  topic,
  key,
  headers: { ...constantHeaders, ce_partitionkey: key, ...headers },
  value: payload,
});
