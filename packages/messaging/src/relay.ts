import { statement, type Queryable } from "@cartwright/database/tx";
import { seconds } from "@cartwright/kernel/duration";
import type { Part } from "@cartwright/kernel/part";
import type { Logger } from "@cartwright/observability/logger";
import type { Bus, BusRecord } from "./bus.ts";
import { leaseKeeper, type Lease } from "./lease.ts";
import { signal } from "./signal.ts";
import { constantHeaders } from "./wire.ts";

const batchSize = 500;
const idlePoll = seconds(1);
const retryAfter = seconds(1);

/**
 * Deletes what was just published and reads what comes next, in one statement and only under the
 * lease's token. Rows, not a cursor: a row that commits late is simply read later.
 */
const exchange = statement(
  "relay-exchange",
  `WITH held AS (
     SELECT FROM leases WHERE name = 'relay' AND holder = $1 AND token = $2 AND expires_at > now()
   ), deleted AS (
     DELETE FROM outbox WHERE position = ANY ($3::bigint[]) AND EXISTS (SELECT FROM held)
   )
   SELECT position, topic, key, headers, payload FROM outbox
   WHERE position <> ALL ($3::bigint[]) AND EXISTS (SELECT FROM held)
   ORDER BY position LIMIT $4`,
);

type OutboxRow = {
  readonly position: number;
  readonly topic: string;
  readonly key: string;
  readonly headers: Record<string, string>;
  readonly payload: string;
};

export type Relay = Part & {
  /** Something was committed to the outbox. */
  wake(): void;
};

/** Publishes the outbox: one relay per service acts, one awaited batch at a time. */
export function outboxRelay(options: {
  readonly db: Queryable;
  readonly bus: Bus;
  readonly logger: Logger;
}): Relay {
  const { db, bus, logger } = options;
  const lease = leaseKeeper(db, "relay");
  const woken = signal();
  let running: Promise<void> | undefined;
  let stopping = false;
  let failure: string | undefined;

  async function drain(held: Lease): Promise<void> {
    let published: number[] = [];
    for (;;) {
      const rows = await db.query<OutboxRow>(exchange, [
        held.holder,
        held.token,
        published,
        batchSize,
      ]);
      if (rows.length === 0 || !held.holds()) return;
      await bus.publish(rows.map(recordOf));
      published = rows.map(({ position }) => position);
      if (stopping || (await lease.current()) !== held) {
        await db.query(exchange, [held.holder, held.token, published, 0]);
        return;
      }
    }
  }

  async function run(): Promise<void> {
    while (!stopping) {
      try {
        const held = await lease.current();
        woken.reset();
        if (held) await drain(held);
        failure = undefined;
        await woken.wait(idlePoll);
      } catch (error) {
        if (failure === undefined)
          logger.warn("publishing waits", { error: String(error) });
        failure = String(error);
        woken.reset();
        await woken.wait(retryAfter);
      }
    }
  }

  return {
    name: "outbox relay",
    wake: () => woken.fire(),
    start: async () => {
      running = run();
      await Promise.resolve();
    },
    async stop() {
      stopping = true;
      woken.fire();
      await running;
      await lease.release();
    },
    health: () =>
      failure === undefined
        ? { status: "up" }
        : { status: "degraded", detail: failure },
  };
}

const recordOf = ({ topic, key, headers, payload }: OutboxRow): BusRecord => ({
  topic,
  key,
  headers: { ...constantHeaders, ce_partitionkey: key, ...headers },
  value: payload,
});
