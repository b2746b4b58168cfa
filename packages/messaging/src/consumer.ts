import type { BatchDatabase, Tx } from "@cartwright/database/tx";
import { crashPoint } from "@cartwright/kernel/crash-point";
import type { Duration } from "@cartwright/kernel/duration";
import type { Part } from "@cartwright/kernel/part";
import type { Logger } from "@cartwright/observability/logger";
import type { Tracing } from "@cartwright/observability/tracing";
import { BusFailure, isLate, isNobodysFault } from "./blame.ts";
import type { Batch, Bus } from "./bus.ts";
import { consumerOf } from "./consumer-group.ts";
import { countBatch, countFailedBatch } from "./counters.ts";
import { contractsOf, type BatchHandler } from "./handler.ts";
import { handleRecords, type Consumer } from "./handle-records.ts";
import { processingOf } from "./processing-of.ts";
import { inTime } from "./in-time.ts";
import { isolate, type Isolation } from "./isolate.ts";
import { memoryOf } from "./memory.ts";
import { longestTransaction } from "./silence.ts";
import { decode, type Decoded } from "./wire.ts";

export type ConsumerOptions = {
  readonly db: BatchDatabase;
  readonly bus: Bus;
  /** The consumer group; the service's name, or `service.projection` when it replays alone. */
  readonly group: string;
  readonly handlers: readonly BatchHandler[];
  /** As in `SubscribeOptions`. */
  readonly gather?: Duration | undefined;
  /** Handlers that have not come to their end by then are rolled back, and their messages taken in smaller parts; 3 s unless given. */
  readonly deadline?: Duration;
  readonly logger: Logger;
  readonly tracing: Tracing;
};

/**
 * Handles what the bus brings, a batch per transaction: memory, parked keys, sequence guard, handlers
 * and their outbox rows commit together. Infrastructure errors leave the batch to be delivered
 * again; any other error is traced to its message, whose key is parked while the others flow on.
 */
export function messageConsumer(options: ConsumerOptions): Part {
  const { db, bus, group, handlers, gather } = options;
  memoryOf(group, handlers); // what cannot be refuses to start, not to handle
  const topics = [...new Set(contractsOf(handlers).map(({ topic }) => topic))];
  let consumer: Consumer | undefined;
  const subscription = bus.subscribe({
    group,
    topics,
    gather,
    turn: db.turn,
    async handle(batch) {
      consumer ??= await consumerOf(db, group, handlers);
      await handleBatch(options, consumer, batch);
    },
  });
  return {
    name: `consumer ${group}`,
    start: async () => subscription.start?.(),
    stop: async () => subscription.stop?.(),
    health: () => subscription.health?.() ?? { status: "up" },
  };
}

type Context = Pick<
  ConsumerOptions,
  "db" | "bus" | "logger" | "tracing" | "deadline"
>;

async function handleBatch(
  context: Context,
  consumer: Consumer,
  batch: Batch,
): Promise<void> {
  const records = batch.records.map((record) =>
    decode(record, consumer.handled),
  );
  const begun = performance.now();
  try {
    await context.tracing.batch(
      `process ${consumer.group}`,
      records.flatMap((one) => ("message" in one ? [one.message] : [])),
      () => handleOrIsolate(context, consumer, batch, records),
      () => processingOf(context.bus.system, consumer.group, batch.records),
    );
  } catch (error) {
    countFailedBatch(consumer.group, batch.records, begun);
    throw error;
  }
  countBatch(consumer.group, batch.records, begun);
}

async function handleOrIsolate(
  context: Context,
  consumer: Consumer,
  batch: Batch,
  records: readonly Decoded[],
): Promise<void> {
  const { db, logger, deadline = longestTransaction } = context;
  let settling: Promise<unknown> | undefined;
  const handle = (tx: Tx, some: readonly Decoded[]) =>
    inTime(tx, deadline, (timed) => handleRecords(timed, consumer, some));
  crashPoint("consumer.before-transaction");
  const inTurns = async (turn: (tx: Tx) => Promise<boolean>) => {
    while (await db.transaction(turn)) await spokenUp(batch);
  };
  try {
    await inTurns(async (tx) => {
      settling = undefined;
      const isMore = await handle(tx, records);
      // The batch is not settled before its last turn: after a crash it comes again, and with it those turns.
      if (!isMore) settling = failureOf(batch.settle(tx));
      return isMore;
    });
    crashPoint("consumer.after-commit");
  } catch (error) {
    // Where it is the bus that cannot move on, no message is to blame.
    if (isNobodysFault(error) || (await settling) === error) throw error;
    if (isLate(error))
      logger.warn("a batch is late and is taken in halves", {
        records: records.length,
        error: String(error),
      });
    const isolation: Isolation = {
      ...{ db, logger, group: consumer.group },
      handle: (some) => inTurns((tx) => handle(tx, some)),
      heartbeat: () => batch.heartbeat(),
    };
    await isolate(isolation, records, error);
    await db.transaction((tx) => batch.settle(tx));
  }
}

/** Sent ahead of the commit, which fails with it: to wait for it would cost a round trip. */
const failureOf = (settled: Promise<void>): Promise<unknown> =>
  settled.then(
    () => undefined,
    (error: unknown) => error,
  );

/** That work goes on is said between turns. */
const spokenUp = (batch: Batch): Promise<void> =>
  batch.heartbeat().catch((error: unknown) => {
    throw new BusFailure(error);
  });
