import { createTopics } from "@cartwright/messaging/kafka-topics";
import { createLogger } from "@cartwright/observability/logger";
import { kafkaSecurity } from "@cartwright/service/kafka-config";
import { loadConfig, orExit } from "@cartwright/service/load-config";
import { topicsConfig } from "./create-topics/config.ts";

/** Creates the topics that are missing and ends; an existing one with other partitions is an error. */
const config = loadConfig(topicsConfig);
await createTopics({
  brokers: config.KAFKA_BROKERS,
  security: orExit(() => kafkaSecurity(config)),
  clientId: "topics",
  logger: createLogger({ service: "topics", level: config.LOG_LEVEL }),
});
console.log("The topics are there.");
