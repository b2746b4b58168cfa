import { isRetryable } from "@cartwright/database/is-retryable";
import type { Queryable, Transact } from "@cartwright/database/tx";
import { crashPoint } from "@cartwright/kernel/crash-point";
import type { Duration } from "@cartwright/kernel/duration";
import type { Part } from "@cartwright/kernel/part";
import type { Logger } from "@cartwright/observability/logger";
import type { Tracing } from "@cartwright/observability/tracing";
import type { Batch, Bus, ReceivedRecord } from "./bus.ts";
import { consumerOf, contractsOf } from "./consumer-group.ts";
import { countBatch } from "./counters.ts";
import type { BatchHandler } from "./handler.ts";
import { handleRecords, type Consumer } from "./handle-records.ts";
import { park } from "./parked.ts";
import { decode, type Decoded } from "./wire.ts";

export type ConsumerOptions = {
  readonly db: Queryable & { readonly transaction: Transact };
  readonly bus: Bus;
  /** The consumer group; the service's name, or `service.projection` when it replays alone. */
  readonly group: string;
  readonly handlers: readonly BatchHandler[];
  /** As in `SubscribeOptions`. */
  readonly gather?: Duration | undefined;
  readonly logger: Logger;
  readonly tracing: Tracing;
};

/**
 * Handles what the bus brings, a batch per transaction: inbox, parked keys, sequence guard, handlers
 * and their outbox rows commit together. Infrastructure errors leave the batch to be delivered
 * again; any other error is traced to its message, whose key is parked while the others flow on.
 */
export function messageConsumer(options: ConsumerOptions): Part {
  const { db, bus, group, handlers, gather, logger, tracing } = options;
  const topics = [...new Set(contractsOf(handlers).map(({ topic }) => topic))];
  let consumer: Consumer | undefined;
  const subscription = bus.subscribe({
    group,
    topics,
    gather,
    async handle(batch) {
      consumer ??= await consumerOf(db, group, handlers);
      await handleBatch({ db, logger, tracing }, consumer, batch);
    },
  });
  return {
    name: `consumer ${group}`,
    start: async () => subscription.start?.(),
    stop: async () => subscription.stop?.(),
    health: () => subscription.health?.() ?? { status: "up" },
  };
}

type Context = Pick<ConsumerOptions, "db" | "logger" | "tracing">;

async function handleBatch(
  context: Context,
  consumer: Consumer,
  batch: Batch,
): Promise<void> {
  const records = batch.records.map((record) =>
    decode(record, consumer.handled),
  );
  await context.tracing.batch(
    `process ${consumer.group}`,
    records.flatMap((one) => ("message" in one ? [one.message] : [])),
    () => handleOrIsolate(context, consumer, batch, records),
  );
  countBatch(records.length);
}

async function handleOrIsolate(
  context: Context,
  consumer: Consumer,
  batch: Batch,
  records: readonly Decoded[],
): Promise<void> {
  const outcome = { handled: false };
  crashPoint("consumer.before-transaction");
  try {
    await context.db.transaction(async (tx) => {
      outcome.handled = false;
      await handleRecords(tx, consumer, records);
      outcome.handled = true;
      await batch.settle(tx);
    });
    crashPoint("consumer.after-commit");
  } catch (error) {
    // Behind the handlers it is the bus that cannot move on: no message is to blame.
    if (outcome.handled || isRetryable(error)) throw error;
    await isolate(context, consumer, batch, records, error);
    await context.db.transaction((tx) => batch.settle(tx));
  }
}

/** Halves the records by key until the one that fails is alone, and parks that. */
async function isolate(
  context: Context,
  consumer: Consumer,
  batch: Batch,
  records: readonly Decoded[],
  error: unknown,
): Promise<void> {
  await batch.heartbeat();
  const [only, ...others] = records;
  if (only === undefined) return;
  if (others.length === 0) {
    await parkFailed(context, consumer, only.record, error);
    return;
  }
  for (const half of halves(records)) {
    try {
      await context.db.transaction((tx) => handleRecords(tx, consumer, half));
    } catch (halfError) {
      if (isRetryable(halfError)) throw halfError;
      await isolate(context, consumer, batch, half, halfError);
    }
  }
}

/** Two halves that share no key; of a single key, its first message and the rest. */
function halves(records: readonly Decoded[]): Decoded[][] {
  const keys = [...new Set(records.map(({ record }) => record.key))];
  if (keys.length === 1) return [records.slice(0, 1), records.slice(1)];
  const first = new Set(keys.slice(0, keys.length / 2));
  return [
    records.filter(({ record }) => first.has(record.key)),
    records.filter(({ record }) => !first.has(record.key)),
  ];
}

async function parkFailed(
  { db, logger }: Context,
  { group }: Consumer,
  record: ReceivedRecord,
  error: unknown,
): Promise<void> {
  const detail =
    error instanceof Error ? (error.stack ?? error.message) : String(error);
  logger.error("a message was parked", {
    reason: "handler-failed",
    key: record.key,
    position: record.position,
    error: detail,
  });
  await db.transaction((tx) =>
    park(tx, group, [{ record, reason: "handler-failed", detail }]),
  );
}
