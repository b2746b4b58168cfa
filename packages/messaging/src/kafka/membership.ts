import { partitionsPerTopic } from "@cartwright/contracts/topics";
import { seconds, type Duration } from "@cartwright/kernel/duration";
import type { Logger } from "@cartwright/observability/logger";
import type { Consumer, EachBatchPayload, Kafka } from "kafkajs";
import type { ReceivedRecord, SubscribeOptions } from "../bus.ts";
import { fetchedIn } from "./codec/own-codec.ts";
import { Collector, type Slice } from "./collector.ts";
import { offsetCommits } from "./offset-commits.ts";
import type { Assignment, Progress } from "./progress.ts";

export type MemberTimes = {
  /** A member that is silent for this long is dead to its group. */
  readonly sessionTimeout: Duration;
  /** How long the group waits for its members to finish what they have in hand when it shares out anew. */
  readonly rebalanceTimeout: Duration;
};

/** Where a group begins in a partition of which it has read nothing. */
export type Beginning = {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
};

type Life = {
  readonly times: MemberTimes;
  readonly logger: Logger;
  /** Resolves when the member is to leave. */
  readonly stop: Promise<undefined>;
  readonly joined: (assignment: Assignment) => void;
  /** Awaited before anything is read: partitions in which the group has no offset yet, and where it will begin. */
  readonly beforeReading: () => Promise<readonly Beginning[]>;
  readonly progress: Progress;
};

/** How long the broker holds a fetch that finds nothing. It answers at once when a record comes. */
const longestFetch = 500;

/** A group that gathers is answered before its time when so much has come. */
const gatheredBytes = 2 ** 19;

/** One consumer's life in its group. Returns why it crashed, or nothing when it was told to stop. */
export async function membership(
  kafka: Kafka,
  options: SubscribeOptions,
  life: Life,
): Promise<Error | undefined> {
  const consumer = consumerOf(kafka, options, life.times);
  const commits = offsetCommits(life.logger);
  const { progress, logger } = life;
  const collector = new Collector({ ...options, logger, progress });
  const crashed = watch(consumer, life, () => void commits.now());
  try {
    await consumer.connect();
    await consumer.subscribe({
      topics: [...options.topics],
      fromBeginning: true,
    });
    const beginnings = await life.beforeReading();
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      // Enough for all partitions of a fetch to reach the collector together.
      partitionsConsumedConcurrently:
        options.topics.length * partitionsPerTopic,
      eachBatch: (payload) => {
        progress.delivered(payload.batch.topic, payload.batch.partition);
        return collector.collect(sliceOf(payload, progress, commits));
      },
    });
    void commitBeginnings(consumer, beginnings, life);
    const crash = await Promise.race([crashed, life.stop]);
    await collector.drain();
    await commits.now();
    return crash;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  } finally {
    commits.end();
    await consumer.disconnect().catch(() => undefined); // a crashed one is gone already
  }
}

const consumerOf = (
  kafka: Kafka,
  { group, gather }: SubscribeOptions,
  times: MemberTimes,
) =>
  kafka.consumer({
    groupId: group,
    ...times,
    heartbeatInterval: seconds(1),
    maxWaitTimeInMs: gather ?? longestFetch,
    minBytes: gather === undefined ? 1 : gatheredBytes,
    maxBytes: 2 ** 20,
    maxBytesPerPartition: 2 ** 18,
    allowAutoTopicCreation: false,
    retry: {
      // Kafkajs counts the failures of a fetch from the join on, however long ago, and ends the consumer with the
      // last of them. These outlast the ten seconds in which a dead broker's partitions are given to others.
      retries: 20,
      maxRetryTime: seconds(1),
      restartOnFailure: () => Promise.resolve(false),
    },
  });

function watch(
  consumer: Consumer,
  { joined, progress }: Life,
  rebalancing: () => void,
): Promise<Error> {
  const { events } = consumer;
  consumer.on(events.GROUP_JOIN, ({ payload }) =>
    joined(payload.memberAssignment),
  );
  consumer.on(events.FETCH, () => progress.heard());
  consumer.on(events.REBALANCING, rebalancing);
  return new Promise((resolve) => {
    consumer.on(events.CRASH, ({ payload }) => resolve(payload.error));
  });
}

/** Without an offset nobody could tell later that what lay behind the beginning was deleted before it was read. */
async function commitBeginnings(
  consumer: Consumer,
  beginnings: readonly Beginning[],
  { progress, logger }: Life,
): Promise<void> {
  const own = beginnings.filter(({ topic, partition }) =>
    progress.assignment[topic]?.includes(partition),
  );
  if (own.length === 0) return;
  await consumer.commitOffsets(own).catch((error: unknown) => {
    logger.debug("beginnings were not committed", { error: String(error) });
  });
}

function sliceOf(
  payload: EachBatchPayload,
  progress: Progress,
  commits: ReturnType<typeof offsetCommits>,
): Slice {
  const { topic, partition, messages } = payload.batch;
  return {
    records: receivedFrom(payload),
    resolve(count) {
      const last = messages[count - 1];
      if (last === undefined || payload.isStale()) return;
      payload.resolveOffset(last.offset);
      progress.handled(topic, partition, BigInt(last.offset) + 1n);
      commits.soon(payload);
    },
    heartbeat: () => payload.heartbeat(),
  };
}

function receivedFrom({ batch }: EachBatchPayload): ReceivedRecord[] {
  const { topic, partition } = batch;
  const lies = `${topic}/${partition}@`;
  return fetchedIn(batch).map(({ key, value, headers, offset }) => ({
    topic,
    key,
    headers,
    value,
    position: lies + offset,
  }));
}
