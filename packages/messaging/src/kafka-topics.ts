import { partitionsPerTopic, topics } from "@cartwright/contracts/topics";
import { setTimeout as sleep } from "node:timers/promises";
import { days, seconds } from "@cartwright/kernel/duration";
import type { Admin } from "kafkajs";
import { kafkaClient, type KafkaOptions } from "./kafka/client.ts";
import { withAdmin } from "./kafka/with-admin.ts";

/** The inbox outlives this, so whatever is read again is known. */
const retention = days(7);
/** More than an outbox takes, headers included. */
const maxRecordBytes = 2 ** 20;
const ledWithin = seconds(15);

export type TopicPlan = {
  readonly topics: readonly string[];
  readonly partitions: number;
  /** Copies of each partition: one per broker unless given, and 3 (of which 2 must be written) where there are more. */
  readonly replicas?: number;
};

export const platformTopics: TopicPlan = {
  topics,
  partitions: partitionsPerTopic,
};

/**
 * Creates the topics that are missing. An existing one with another number of partitions is refused:
 * keys would lie elsewhere than before, and their order with them.
 */
export async function createTopics(
  options: KafkaOptions,
  plan: TopicPlan = platformTopics,
): Promise<void> {
  await withAdmin(kafkaClient(options), async (admin) => {
    const existing = new Set(await admin.listTopics());
    const missing = plan.topics.filter((topic) => !existing.has(topic));
    if (missing.length > 0) await create(admin, plan, missing);
    for (const [topic, partitions] of await partitionsOf(admin, plan.topics))
      if (partitions !== plan.partitions)
        throw new Error(
          `Topic ${topic} has ${partitions} partitions but must have ${plan.partitions}: ` +
            "create it anew, or change partitionsPerTopic in packages/contracts/src/topics.ts.",
        );
  });
}

async function create(
  admin: Admin,
  plan: TopicPlan,
  missing: readonly string[],
): Promise<void> {
  const { brokers } = await admin.describeCluster();
  const { partitions, replicas = Math.min(3, brokers.length) } = plan;
  await admin.createTopics({
    waitForLeaders: false,
    topics: missing.map((topic) => ({
      topic,
      numPartitions: partitions,
      replicationFactor: replicas,
      configEntries: [
        { name: "retention.ms", value: String(retention) },
        { name: "max.message.bytes", value: String(maxRecordBytes) },
        { name: "min.insync.replicas", value: replicas > 2 ? "2" : "1" },
      ],
    })),
  });
}

/**
 * A broker may not lead a new topic's partitions for a moment, and kafkajs does not wait for that. Asking
 * for offsets does, since only a leader answers.
 */
async function partitionsOf(
  admin: Admin,
  names: readonly string[],
): Promise<[topic: string, partitions: number][]> {
  const end = performance.now() + ledWithin;
  for (;;) {
    try {
      return await Promise.all(
        names.map(async (name): Promise<[string, number]> => [
          name,
          (await admin.fetchTopicOffsets(name)).length,
        ]),
      );
    } catch (error) {
      if (performance.now() > end) throw error;
      await sleep(50);
    }
  }
}
