import type { Admin, Kafka } from "kafkajs";
import type { Assignment, Standing } from "./progress.ts";
import { withAdmin } from "./with-admin.ts";

/** As `standingsIn`, of the assigned partitions. */
export const standingsOf = async (
  kafka: Kafka,
  group: string,
  assignment: Assignment,
): Promise<readonly Standing[] | undefined> =>
  (await standingsIn(kafka, group, Object.keys(assignment)))?.filter(
    ({ topic, partition }) => assignment[topic]?.includes(partition),
  );

/**
 * Where the group stands in the partitions of these topics, asked over a connection of its own; nothing when
 * no broker answers within a few seconds. A coordinator that has just begun answers only after some `retries`.
 */
export async function standingsIn(
  kafka: Kafka,
  group: string,
  topics: readonly string[],
  retries = 0,
): Promise<readonly Standing[] | undefined> {
  const ask = async (admin: Admin) => {
    const committed = await admin.fetchOffsets({
      groupId: group,
      topics: [...topics],
    });
    const standings = topics.map(async (topic) => {
      const own = committed.find((one) => one.topic === topic)?.partitions;
      const limits = await admin.fetchTopicOffsets(topic);
      return limits.map(({ partition, low, high }) => {
        const at = own?.find((one) => one.partition === partition)?.offset;
        return {
          topic,
          partition,
          committed: BigInt(at ?? -1),
          start: BigInt(low),
          end: BigInt(high),
        };
      });
    });
    return (await Promise.all(standings)).flat();
  };
  try {
    return await withAdmin(kafka, ask, { retry: { retries } });
  } catch {
    return undefined;
  }
}
