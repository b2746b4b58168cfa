import type { Admin, Kafka } from "kafkajs";
import type { TopicLag } from "../bus.ts";
import { withAdmin } from "./with-admin.ts";

/** How many records of each of its topics the group has not committed yet. */
export const lagInKafka = (
  kafka: Kafka,
  group: string,
  topics: readonly string[],
): Promise<TopicLag[]> =>
  withAdmin(
    kafka,
    async (admin) => {
      const committed = await admin.fetchOffsets({
        groupId: group,
        topics: [...topics],
      });
      const lags = committed.map((one) => lagOf(admin, one));
      return (await Promise.all(lags)).sort((one, other) =>
        one.topic.localeCompare(other.topic),
      );
    },
    { retry: { retries: 1 } },
  );

async function lagOf(
  admin: Admin,
  { topic, partitions }: Awaited<ReturnType<Admin["fetchOffsets"]>>[number],
): Promise<TopicLag> {
  const limits = await admin.fetchTopicOffsets(topic);
  const behind = limits.map(({ partition, low, high }) => {
    const at = partitions.find((one) => one.partition === partition)?.offset;
    // Nothing committed yet, or what was committed is past keeping: from the first record on.
    return Number(high) - Math.max(Number(low), Number(at ?? -1));
  });
  return { topic, behind: behind.reduce((sum, count) => sum + count, 0) };
}
