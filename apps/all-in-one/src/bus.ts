import { serviceNames } from "@cartwright/contracts/services";
import { roleUrl, schemaOf } from "@cartwright/database/role-url";
import type { Part } from "@cartwright/kernel/part";
import { embeddedBus } from "@cartwright/messaging/embedded-bus";
import type { KafkaOptions } from "@cartwright/messaging/kafka/client";
import type { Logger } from "@cartwright/observability/logger";
import { kafkaSecurity } from "@cartwright/service/kafka-config";
import type { Surroundings } from "@cartwright/service/service-parts";
import type { AllInOneConfig } from "./config.ts";

type OpenBus = Pick<Surroundings, "bus" | "wakeBus"> & {
  readonly parts: readonly Part[];
};

type Options = {
  readonly config: AllInOneConfig;
  readonly logger: Logger;
  readonly adminUrl: string;
};

/** Kafka when there are brokers, else the log in the database, which reads the outboxes itself. */
export async function openBus({
  config,
  logger,
  adminUrl,
}: Options): Promise<OpenBus> {
  if (config.KAFKA_BROKERS)
    return openKafka({
      brokers: config.KAFKA_BROKERS,
      security: kafkaSecurity(config),
      clientId: "cartwright",
      logger,
    });
  const bus = embeddedBus({
    url: roleUrl(adminUrl, "bus"),
    outboxes: serviceNames.map(schemaOf),
    logger,
  });
  return {
    bus,
    wakeBus: (schema, records) => bus.wake(schema, records),
    parts: [bus],
  };
}

async function openKafka(options: KafkaOptions): Promise<OpenBus> {
  const { kafkaBus } = await import("@cartwright/messaging/kafka-bus");
  const { createTopics } = await import("@cartwright/messaging/kafka-topics");
  const bus = kafkaBus(options);
  return {
    bus,
    parts: [{ name: "topics", start: () => createTopics(options) }, bus],
  };
}
