import { openDatabase } from "@cartwright/database/open-database";
import { roleUrl } from "@cartwright/database/role-url";
import type { BusRecord } from "@cartwright/messaging/bus";
import { appendRecords } from "@cartwright/messaging/embedded/log-store";
import type { Platform } from "./platform.ts";

/** Puts records on the platform's bus as they are, whatever they say. */
export async function publishRecords(
  platform: Platform,
  records: readonly BusRecord[],
): Promise<void> {
  const url = roleUrl(platform.databaseUrl, "bus");
  const db = openDatabase({ url, schema: "bus", maxConnections: 1 });
  try {
    await db.transaction((tx) => appendRecords(tx, records));
  } finally {
    await db.stop?.();
  }
}
