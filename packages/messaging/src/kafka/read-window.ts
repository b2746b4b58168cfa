import { newId } from "@cartwright/kernel/ids";
import type { Admin, Batch, Consumer, EachBatchPayload, Kafka } from "kafkajs";
import type { ReceivedRecord } from "../bus.ts";
import { fetchedIn } from "./codec/own-codec.ts";
import { withAdmin } from "./with-admin.ts";

/** A span of one partition's offsets, the last one left out. */
export type Window = {
  readonly topic: string;
  readonly partition: number;
  readonly start: bigint;
  readonly end: bigint;
};

/** What each partition has taken since then, by the brokers' clocks, up to now. */
export const windowsSince = (
  kafka: Kafka,
  topics: readonly string[],
  from: Date,
): Promise<Window[]> =>
  withAdmin(kafka, async (admin) =>
    (
      await Promise.all(
        topics.map((topic) => windowsOf(admin, topic, from.getTime())),
      )
    ).flat(),
  );

async function windowsOf(
  admin: Admin,
  topic: string,
  from: number,
): Promise<Window[]> {
  const starts = await admin.fetchTopicOffsetsByTimestamp(topic, from);
  const ends = await admin.fetchTopicOffsets(topic);
  return ends.map(({ partition, high, low }) => {
    const start = starts.find((one) => one.partition === partition)?.offset;
    return {
      ...{ topic, partition },
      start: BigInt(start ?? low),
      end: BigInt(high),
    };
  });
}

type Handle = (records: readonly ReceivedRecord[]) => Promise<void>;

/** Reads all that lies in these windows, in no group that outlives it; one batch at a time, in order by partition. */
export async function readWindows(
  kafka: Kafka,
  windows: readonly Window[],
  handle: Handle,
): Promise<void> {
  const wanted = windows.filter(({ start, end }) => start < end);
  if (wanted.length === 0) return;
  const groupId = `reading-${newId()}`;
  const consumer = kafka.consumer({ groupId, allowAutoTopicCreation: false });
  try {
    await consumer.connect();
    const topics = [...new Set(wanted.map(({ topic }) => topic))];
    await consumer.subscribe({ topics, fromBeginning: true });
    await throughout(consumer, wanted, handle);
  } finally {
    await consumer.disconnect();
    await withAdmin(kafka, (admin) => admin.deleteGroups([groupId])).catch(
      () => undefined, // it is forgotten by itself
    );
  }
}

/** Resolves at the end of the last window. */
async function throughout(
  consumer: Consumer,
  windows: readonly Window[],
  handle: Handle,
): Promise<void> {
  const open = new Map(
    windows.map((window) => [`${window.topic}/${window.partition}`, window]),
  );
  const ended = Promise.withResolvers<undefined>();
  const take = async ({ batch }: EachBatchPayload) => {
    const place = `${batch.topic}/${batch.partition}`;
    const window = open.get(place);
    if (window === undefined) return;
    await handle(recordsWithin(batch, window));
    if (BigInt(batch.lastOffset()) + 1n >= window.end) open.delete(place);
    if (open.size === 0) ended.resolve(undefined);
  };
  consumer.on(consumer.events.CRASH, ({ payload }) =>
    ended.reject(payload.error),
  );
  await consumer.run({
    autoCommit: false,
    eachBatch: (payload) =>
      take(payload).catch((error: unknown) => ended.reject(error)),
  });
  for (const { topic, partition, start } of windows)
    consumer.seek({ topic, partition, offset: String(start) });
  await ended.promise;
}

const recordsWithin = (batch: Batch, { end }: Window): ReceivedRecord[] =>
  fetchedIn(batch)
    .filter(({ offset }) => BigInt(offset) < end)
    .map(({ key, value, headers, offset }) => ({
      ...{ topic: batch.topic, key, headers, value },
      position: `${batch.topic}/${batch.partition}@${offset}`,
    }));
