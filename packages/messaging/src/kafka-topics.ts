import { partitionsPerTopic, topics } from "@cartwright/contracts/topics";
import { days } from "@cartwright/kernel/duration";
import type { Admin } from "kafkajs";
import { kafkaClient, type KafkaOptions } from "./kafka/client.ts";

/** The inbox outlives this, so whatever is read again is known. */
const retention = days(7);

export type TopicPlan = {
  readonly topics: readonly string[];
  readonly partitions: number;
  /** Copies of each partition; 3 with `min.insync.replicas` 2 where there are three brokers. */
  readonly replicas: number;
};

export const platformTopics: TopicPlan = {
  topics,
  partitions: partitionsPerTopic,
  replicas: 1,
};

/**
 * Creates the topics that are missing. An existing one with another number of partitions is refused:
 * keys would lie elsewhere than before, and their order with them.
 */
export async function createTopics(
  options: KafkaOptions,
  plan: TopicPlan = platformTopics,
): Promise<void> {
  const admin = kafkaClient(options).admin();
  await admin.connect();
  try {
    const existing = new Set(await admin.listTopics());
    const missing = plan.topics.filter((topic) => !existing.has(topic));
    if (missing.length > 0) await create(admin, plan, missing);
    const present = plan.topics.filter((topic) => existing.has(topic));
    if (present.length > 0) await refuseOtherPartitions(admin, plan, present);
  } finally {
    await admin.disconnect();
  }
}

async function create(
  admin: Admin,
  { partitions, replicas }: TopicPlan,
  missing: readonly string[],
): Promise<void> {
  await admin.createTopics({
    waitForLeaders: true,
    topics: missing.map((topic) => ({
      topic,
      numPartitions: partitions,
      replicationFactor: replicas,
      configEntries: [
        { name: "retention.ms", value: String(retention) },
        { name: "min.insync.replicas", value: replicas > 2 ? "2" : "1" },
      ],
    })),
  });
}

async function refuseOtherPartitions(
  admin: Admin,
  { partitions }: TopicPlan,
  present: readonly string[],
): Promise<void> {
  const found = await admin.fetchTopicMetadata({ topics: [...present] });
  for (const topic of found.topics) {
    if (topic.partitions.length === partitions) continue;
    throw new Error(
      `Topic ${topic.name} has ${topic.partitions.length} partitions but must have ${partitions}: ` +
        "create it anew, or change partitionsPerTopic in packages/contracts/src/topics.ts.",
    );
  }
}
