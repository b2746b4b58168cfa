import { setTimeout as sleep } from "node:timers/promises";
import { seconds } from "@cartwright/kernel/duration";
import type { Admin } from "kafkajs";
import { kafkaClient, type KafkaOptions } from "../kafka/client.ts";
import { withAdmin } from "../kafka/with-admin.ts";

const leavesWithin = seconds(30);

/**
 * Sets every group that has one of these names back to the beginning of all its topics, once its members
 * have left or are taken for dead. Returns how many records will be read again.
 */
export async function resetOffsets(
  options: KafkaOptions,
  groups: readonly string[],
): Promise<number> {
  const client = kafkaClient(options);
  await withAdmin(client, (admin) => untilEmpty(admin, groups));
  // Each by a client of its own: those that share one take what it knows of topics from each other.
  const read = await Promise.all(
    groups.map((group) =>
      withAdmin(kafkaClient(options), (admin) => reset(admin, group)),
    ),
  );
  return read.reduce((sum, count) => sum + count, 0);
}

async function untilEmpty(
  admin: Admin,
  names: readonly string[],
): Promise<void> {
  const end = performance.now() + leavesWithin;
  for (;;) {
    const { groups } = await admin.describeGroups([...names]);
    if (groups.every(({ state }) => state === "Empty" || state === "Dead"))
      return;
    if (performance.now() > end)
      throw new Error(
        `Still in their groups: ${groups.map(({ groupId, state }) => `${groupId} ${state}`).join(", ")}`,
      );
    await sleep(200);
  }
}

async function reset(admin: Admin, groupId: string): Promise<number> {
  let read = 0;
  for (const { topic, partitions } of await admin.fetchOffsets({ groupId })) {
    const known = partitions.filter(({ offset }) => Number(offset) > 0);
    read += known.reduce((sum, { offset }) => sum + Number(offset), 0);
    await admin.resetOffsets({ groupId, topic, earliest: true });
  }
  return read;
}
