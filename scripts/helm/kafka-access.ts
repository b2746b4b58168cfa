import { contracts } from "@cartwright/contracts/catalogue";
import type { ServiceName } from "@cartwright/contracts/services";
import { openDatabase } from "@cartwright/database/open-database";
import type { ServiceClients } from "@cartwright/http/service-client";
import { systemClock as clock } from "@cartwright/kernel/clock";
import type { KafkaAccess } from "@cartwright/messaging/kafka-access";
import { transactionalOutbox } from "@cartwright/messaging/transactional-outbox";
import { silentLogger as logger } from "@cartwright/observability/logger";
import { noTracing as tracing } from "@cartwright/observability/tracing";
import { parseConfig } from "@cartwright/service/load-config";
import type { Platform, ServiceDefinition } from "@cartwright/service/service";
import { definitions } from "./definitions.ts";

/** What every service publishes and consumes, from the contracts and from its own handlers. */
export const kafkaAccess = (): Record<ServiceName, KafkaAccess> => {
  const byName = definitions().map((definition) => [
    definition.name,
    {
      publishes: publishedBy(definition.name),
      consumes: consumedBy(definition),
    },
  ]);
  return Object.fromEntries(byName) as Record<ServiceName, KafkaAccess>;
};

/**
 * The events of a service's own domain are its own. Commands come from where sagas are, which is order. Analytics
 * publishes what it has archived again when an operator asks for it, to the topic that it came from.
 */
function publishedBy(service: ServiceName): string[] {
  const topics = contracts
    .filter(({ kind, type }) =>
      kind === "command"
        ? service === "order"
        : service === "analytics" || type.startsWith(`${service}.`),
    )
    .map(({ topic }) => topic);
  return [...new Set(topics)].sort();
}

/** Made like the service itself, of which nothing is started. */
function consumedBy({ name, config, create }: ServiceDefinition): string[] {
  const { handlers = [] } = create(
    unstarted(name),
    parseConfig(config, { SERVICE_CLIENT_SECRET: "of no use to anybody" }),
  );
  const topics = handlers.flatMap(({ contracts: heard }) =>
    heard.map(({ topic }) => topic),
  );
  return [...new Set(topics)].sort();
}

function unstarted(name: ServiceName): Platform {
  const db = openDatabase({
    url: "postgresql://nobody@127.0.0.1:1/nothing",
    schema: name,
    maxConnections: 1,
  });
  const outbox = transactionalOutbox({
    source: name,
    clock,
    wake: () => undefined,
  });
  const tokens = { verify: () => Promise.reject(new Error("not running")) };
  const clients = {} as ServiceClients;
  return { db, outbox, logger, tracing, clock, tokens, clients };
}
