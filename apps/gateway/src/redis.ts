import { seconds } from "@cartwright/kernel/duration";
import type { PartHealth } from "@cartwright/kernel/part";
import type { Logger } from "@cartwright/observability/logger";
import type { Redis } from "ioredis";

export type OpenRedis = {
  readonly client: Redis;
  readonly health: () => PartHealth;
  readonly stop: () => Promise<void>;
};

/** A command that takes longer is worth less than its answer. */
const COMMAND_TIMEOUT = 150;

/** Redis as something one can do without: never waited for, and its absence is logged once. */
export async function openRedis(
  url: string,
  logger: Logger,
): Promise<OpenRedis> {
  // Its names by the default one, which is all that a bundle of this module of CommonJS has.
  const { Redis } = (await import("ioredis")).default;
  const client = new Redis(url, {
    enableOfflineQueue: false,
    commandTimeout: COMMAND_TIMEOUT,
    connectTimeout: seconds(2),
    maxRetriesPerRequest: 0,
    retryStrategy: (times) => Math.min(times * 100, seconds(2)),
  });
  let isUp = true;
  client.on("ready", () => {
    if (!isUp) logger.info("redis is back");
    isUp = true;
  });
  client.on("error", (error: Error) => {
    if (isUp) logger.warn("redis is away, counting in memory", { error });
    isUp = false;
  });
  return {
    client,
    health: () =>
      client.status === "ready"
        ? { status: "up" }
        : { status: "degraded", detail: "counting in memory" },
    stop: async () => client.disconnect(),
  };
}
