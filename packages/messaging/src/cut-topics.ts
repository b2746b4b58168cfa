import { setTimeout as sleep } from "node:timers/promises";
import { topics } from "@cartwright/contracts/topics";
import { seconds } from "@cartwright/kernel/duration";
import type { Admin } from "kafkajs";
import type { ReceivedRecord } from "./bus.ts";
import { kafkaBus } from "./kafka-bus.ts";
import { kafkaClient, type KafkaOptions } from "./kafka/client.ts";
import { readWindows, windowsSince, type Window } from "./kafka/read-window.ts";
import { withAdmin } from "./kafka/with-admin.ts";

/** A member that was killed is one until its session is over. */
const leavesWithin = seconds(30);

/** Somebody still reads: what a group is told while it has members is not what it does. */
export class GroupsInUse extends Error {
  override readonly name = "GroupsInUse";
}

export type CutOptions = {
  /** Whatever was published before has been read by everybody who wants it. */
  readonly from: Date;
  /** All that the platform's groups are called. */
  readonly groups: readonly string[];
  /** Of a batch, what is to be published again as it is. */
  readonly keep: (
    records: readonly ReceivedRecord[],
  ) => Promise<readonly ReceivedRecord[]>;
  /** When all is read and nothing is deleted. */
  readonly beforeDeleting: (counts: Counts) => Promise<void>;
};

export type Counts = { readonly read: number; readonly kept: number };

/**
 * Makes the topics anew of what is to be kept of them: that is published again, with its ids, everything before it is
 * deleted, and every group begins there. Repeated after a failure, it ends the same. Rejects with `GroupsInUse` while
 * a group has members. Returns how many records there were, and how many were kept.
 */
export async function cutTopics(
  options: KafkaOptions,
  { from, groups, keep, beforeDeleting }: CutOptions,
): Promise<Counts> {
  const kafka = kafkaClient(options);
  const theirs = await withAdmin(kafka, (admin) => emptyOnes(admin, groups));
  const windows = await windowsSince(kafka, topics, from);
  const bus = kafkaBus(options);
  const counts = { read: 0, kept: 0 };
  try {
    await readWindows(kafka, windows, async (records) => {
      const kept = await keep(records);
      await bus.publish(
        kept.map(({ topic, key, headers, value }) => ({
          ...{ topic, key, headers, value },
        })),
      );
      counts.read += records.length;
      counts.kept += kept.length;
    });
  } finally {
    await bus.stop?.();
  }
  await beforeDeleting(counts);
  await withAdmin(kafka, async (admin) => {
    await deleteBefore(admin, windows);
    // Without an offset a group begins at the first record that is there.
    if (theirs.length > 0) await admin.deleteGroups([...theirs]);
  });
  return counts;
}

/** Those of the groups that there are, once all are without a member. */
async function emptyOnes(
  admin: Admin,
  names: readonly string[],
): Promise<string[]> {
  const { groups: all } = await admin.listGroups();
  const ours = all
    .map(({ groupId }) => groupId)
    .filter((id) =>
      names.some((name) => id === name || id.startsWith(`${name}.`)),
    );
  const end = performance.now() + leavesWithin;
  for (;;) {
    const used = ours.length === 0 ? [] : await usedAmong(admin, ours);
    if (used.length === 0) return ours;
    if (performance.now() > end)
      throw new GroupsInUse(
        `There are still members in the groups ${used.join(", ")}: stop every service first.`,
      );
    await sleep(200);
  }
}

async function usedAmong(
  admin: Admin,
  names: readonly string[],
): Promise<string[]> {
  const { groups } = await admin.describeGroups([...names]);
  return groups
    .filter(({ state }) => state !== "Empty" && state !== "Dead")
    .map(({ groupId }) => groupId);
}

async function deleteBefore(
  admin: Admin,
  windows: readonly Window[],
): Promise<void> {
  const byTopic = Map.groupBy(
    windows.filter(({ end }) => end > 0n),
    ({ topic }) => topic,
  );
  for (const [topic, ends] of byTopic) {
    // Kafkajs deletes from no topic that it has not been asked about.
    await admin.fetchTopicOffsets(topic);
    await admin.deleteTopicRecords({
      topic,
      partitions: ends.map(({ partition, end }) => ({
        partition,
        offset: String(end),
      })),
    });
  }
}
