import { statement, type Queryable } from "@cartwright/database/tx";
import { crashPoint } from "@cartwright/kernel/crash-point";
import { seconds } from "@cartwright/kernel/duration";
import type { Part, PartHealth } from "@cartwright/kernel/part";
import type { Logger } from "@cartwright/observability/logger";
import { WrongTopic, type Bus, type BusRecord } from "./bus.ts";
import { countPublication } from "./counters.ts";
import { breathe } from "./breather.ts";
import { leaseKeeper, type Lease } from "./lease.ts";
import { signal } from "./signal.ts";
import { constantHeaders } from "./wire.ts";

const batchSize = 500;
/** Kafka's default limit of 1 MiB is for all that one request brings to a partition, not for a record. */
const batchBytes = 900 * 1024;
const idlePoll = seconds(1);
const retryAfter = seconds(1);

/** How far behind the last published row a row may commit late and still be met at once. */
const lateBy = 2_000;

/**
 * Deletes what was just published and reads what comes next, in one statement and only under the
 * lease's token. Rows, not a cursor: a row that commits late is simply read later. The floor spares a
 * walk over the index entries of rows deleted before; every second it is taken away. The commit does
 * not wait for the disk: should the server lose it, the rows are published again, which the inbox absorbs.
 */
const exchange = statement(
  "relay-exchange",
  `WITH held AS (
     SELECT set_config('synchronous_commit', 'off', true) FROM leases
     WHERE name = 'relay' AND holder = $1 AND token = $2 AND expires_at > now()
   ), deleted AS (
     DELETE FROM outbox WHERE position = ANY ($3::bigint[]) AND EXISTS (SELECT FROM held)
   )
   SELECT position, topic, key, headers, payload,
     octet_length(headers::text) + octet_length(payload) AS bytes FROM outbox
   WHERE position > $5 AND position <> ALL ($3::bigint[]) AND EXISTS (SELECT FROM held)
   ORDER BY position LIMIT $4`,
);

type OutboxRow = {
  readonly position: number;
  readonly topic: string;
  readonly key: string;
  readonly headers: Record<string, string>;
  readonly payload: string;
  readonly bytes: number;
};

export type Relay = Part & {
  /** Something was committed to the outbox. */
  wake(): void;
};

type RelayOptions = {
  readonly db: Queryable;
  readonly bus: Bus;
  readonly logger: Logger;
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
  #running: Promise<void> = Promise.resolve();
  #stopping = false;
  #failure: string | undefined;
  #hasCalled = false;
  #floor = 0;
  #floorUntil = 0;

  constructor(options: RelayOptions) {
    this.#options = options;
    this.#lease = leaseKeeper(options.db, "relay");
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

  health(): PartHealth {
    return this.#failure === undefined
      ? { status: "up" }
      : { status: "degraded", detail: this.#failure };
  }

  async #run(): Promise<void> {
    while (!this.#stopping) {
      this.#woken.reset();
      try {
        const lease = await this.#lease.current();
        if (lease) await this.#drain(lease);
        this.#failure = undefined;
        this.#hasCalled = false;
        await this.#woken.wait(idlePoll);
      } catch (error) {
        this.#noteFailure(error);
        this.#woken.reset();
        await this.#woken.wait(retryAfter);
      }
    }
  }

  /** Until the outbox is empty, the lease is gone or the relay stops. */
  async #drain(lease: Lease): Promise<void> {
    const { db, bus } = this.#options;
    const exchangeFor = (published: readonly number[], limit: number) =>
      db.query<OutboxRow>(exchange, [
        lease.holder,
        lease.token,
        published,
        limit,
        this.#floorAfter(published.at(-1)),
      ]);
    let rows = await exchangeFor([], batchSize);
    while (rows.length > 0 && lease.holds()) {
      const batch = rows.slice(0, fitting(rows));
      crashPoint("relay.before-publish");
      await bus.publish(batch.map(recordOf));
      countPublication(batch.length);
      crashPoint("relay.after-publish");
      await breathe(batch.length);
      const published = batch.map(({ position }) => position);
      const goesOn = !this.#stopping && (await this.#lease.current()) === lease;
      rows = await exchangeFor(published, goesOn ? batchSize : 0);
      crashPoint("relay.after-delete");
    }
  }

  #floorAfter(lastPublished: number | undefined): number {
    if (performance.now() > this.#floorUntil) {
      this.#floorUntil = performance.now() + idlePoll;
      this.#floor = 0;
    } else if (lastPublished !== undefined) {
      this.#floor = Math.max(this.#floor, lastPublished - lateBy);
    }
    return this.#floor;
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

/** How many of the rows one request can bring; the others are read again. */
function fitting(rows: readonly OutboxRow[]): number {
  let bytes = 0;
  const tooMuch = rows.findIndex((row) => (bytes += row.bytes) > batchBytes);
  return tooMuch < 0 ? rows.length : Math.max(1, tooMuch);
}

const recordOf = ({ topic, key, headers, payload }: OutboxRow): BusRecord => ({
  topic,
  key,
  headers: { ...constantHeaders, ce_partitionkey: key, ...headers },
  value: payload,
});
