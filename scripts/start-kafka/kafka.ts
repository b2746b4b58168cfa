import { seconds } from "@cartwright/kernel/duration";
import type { Part } from "@cartwright/kernel/part";
import { kafkaServer } from "@cartwright/messaging/dev/kafka-server";
import { createTopics } from "@cartwright/messaging/kafka-topics";
import type { Logger } from "@cartwright/observability/logger";
import { kafkaSecurity } from "@cartwright/service/kafka-config";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { StartKafkaConfig } from "./config.ts";
import { say } from "./say.ts";

/** The brokers, one of our own unless some are named, and their topics. */
export function kafka(
  config: StartKafkaConfig,
  logger: Logger,
): { readonly parts: readonly Part[]; readonly brokers: readonly string[] } {
  const { KAFKA_BROKERS: named, KAFKA_PORT: port } = config;
  const brokers = named ?? [`127.0.0.1:${port}`];
  const topics: Part = {
    name: "topics",
    start: () =>
      createTopics({
        brokers,
        security: kafkaSecurity(config),
        clientId: "cartwright",
        logger,
      }),
  };
  if (named) return { parts: [topics], brokers };
  return { parts: [ownBroker(config), topics], brokers };
}

/** Started again when it ends without having been told to; what it had acknowledged is on its disk. */
function ownBroker({ KAFKA_PORT: port, DATA_FOLDER }: StartKafkaConfig): Part {
  const folder = resolve(join(DATA_FOLDER, "kafka"));
  const stopping = new AbortController();
  let reviving: Promise<void> | undefined;
  const server = kafkaServer({
    folder,
    port,
    say,
    onExit(lastWords) {
      say(lastWords);
      reviving = revive();
    },
  });

  async function revive(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        await server.start?.();
        say("Kafka is back");
        return;
      } catch (error) {
        say(String(error));
      }
      await sleep(seconds(2), undefined, stopping).catch(() => undefined);
    }
  }

  return {
    name: server.name,
    async start() {
      say(`Starting Kafka (${folder})`);
      await server.start?.();
    },
    async stop() {
      stopping.abort();
      await reviving;
      await server.stop?.();
    },
  };
}
