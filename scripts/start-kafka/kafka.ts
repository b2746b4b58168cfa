import type { Part } from "@cartwright/kernel/part";
import { kafkaServer } from "@cartwright/messaging/dev/kafka-server";
import { createTopics } from "@cartwright/messaging/kafka-topics";
import type { Logger } from "@cartwright/observability/logger";
import { join, resolve } from "node:path";
import type { StartKafkaConfig } from "./config.ts";
import { say } from "./say.ts";

/** The brokers, one of our own unless some are named, and their topics. */
export function kafka(
  config: StartKafkaConfig,
  logger: Logger,
): { readonly parts: readonly Part[]; readonly brokers: readonly string[] } {
  const { KAFKA_BROKERS: named, KAFKA_PORT: port, DATA_FOLDER } = config;
  const brokers = named ?? [`127.0.0.1:${port}`];
  const topics: Part = {
    name: "topics",
    start: () => createTopics({ brokers, clientId: "cartwright", logger }),
  };
  if (named) return { parts: [topics], brokers };
  const folder = resolve(join(DATA_FOLDER, "kafka"));
  const server = kafkaServer({ folder, port, say, onExit: say });
  const announced: Part = {
    ...server,
    async start() {
      say(`Starting Kafka (${folder})`);
      await server.start?.();
    },
  };
  return { parts: [announced, topics], brokers };
}
