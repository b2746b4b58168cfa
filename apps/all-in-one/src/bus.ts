import { serviceNames } from "@cartwright/contracts/services";
import { roleUrl, schemaOf } from "@cartwright/database/role-url";
import { embeddedBus } from "@cartwright/messaging/embedded-bus";
import type { Logger } from "@cartwright/observability/logger";
import type { Surroundings } from "@cartwright/service/service-parts";
import type { AllInOneConfig } from "./config.ts";

/** Kafka when there are brokers, else the log in the database, which reads the outboxes itself. */
export async function openBus(options: {
  readonly config: AllInOneConfig;
  readonly logger: Logger;
  readonly adminUrl: string;
}): Promise<Pick<Surroundings, "bus" | "wakeBus">> {
  const { config, logger, adminUrl } = options;
  const { KAFKA_BROKERS: brokers } = config;
  if (brokers) {
    const { kafkaBus } = await import("@cartwright/messaging/kafka-bus");
    return { bus: kafkaBus({ brokers, clientId: "cartwright", logger }) };
  }
  const bus = embeddedBus({
    url: roleUrl(adminUrl, "bus"),
    outboxes: serviceNames.map(schemaOf),
    logger,
  });
  return { bus, wakeBus: (schema) => bus.wake(schema) };
}
