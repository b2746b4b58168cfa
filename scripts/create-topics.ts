import { grantAccess } from "@cartwright/messaging/kafka-access";
import { createTopics } from "@cartwright/messaging/kafka-topics";
import { createLogger } from "@cartwright/observability/logger";
import { kafkaSecurity } from "@cartwright/service/kafka-config";
import { loadConfig, orExit } from "@cartwright/service/load-config";
import { accessIn } from "./create-topics/access-in.ts";
import { topicsConfig } from "./create-topics/config.ts";

/**
 * Creates the topics that are missing and ends; an existing one with other partitions is an error. With a file that
 * says who publishes and consumes what, grants that as well.
 */
const config = loadConfig(topicsConfig);
const { KAFKA_ACCESS_FILE: file, KAFKA_PRINCIPAL_PREFIX: principalPrefix } =
  config;
const access = file === undefined ? undefined : orExit(() => accessIn(file));
const options = {
  brokers: config.KAFKA_BROKERS,
  security: orExit(() => kafkaSecurity(config)),
  clientId: "topics",
  logger: createLogger({ service: "topics", level: config.LOG_LEVEL }),
};
await createTopics(options);
console.log("The topics are there.");
if (access) {
  await grantAccess(options, access, { principalPrefix });
  console.log("Every service may do what it must with them.");
}
