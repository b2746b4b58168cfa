import { openDatabase } from "@cartwright/database/open-database";
import { roleUrl } from "@cartwright/database/role-url";
import type { BusRecord } from "@cartwright/messaging/bus";
import { appendRecords } from "@cartwright/messaging/embedded/log-store";
import { kafkaBus } from "@cartwright/messaging/kafka-bus";
import { silentLogger } from "@cartwright/observability/logger";
import type { Platform } from "./platform.ts";

/** Puts records on the platform's bus as they are, whatever they say. */
export const publishRecords = (
  platform: Platform,
  records: readonly BusRecord[],
): Promise<void> =>
  platform.mode === "kafka"
    ? toKafka(platform, records)
    : toLog(platform, records);

async function toKafka(
  { kafkaBrokers }: Platform,
  records: readonly BusRecord[],
): Promise<void> {
  const bus = kafkaBus({
    brokers: kafkaBrokers,
    clientId: "stranger",
    logger: silentLogger,
  });
  await bus.start?.();
  try {
    await bus.publish(records);
  } finally {
    await bus.stop?.();
  }
}

async function toLog(
  { databaseUrl }: Platform,
  records: readonly BusRecord[],
): Promise<void> {
  const db = openDatabase({
    url: roleUrl(databaseUrl, "bus"),
    schema: "bus",
    maxConnections: 1,
  });
  try {
    await db.transaction((tx) => appendRecords(tx, records));
  } finally {
    await db.stop?.();
  }
}
