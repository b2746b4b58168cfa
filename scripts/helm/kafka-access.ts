import { contracts } from "@cartwright/contracts/catalogue";
import type { ServiceName } from "@cartwright/contracts/services";
import type { KafkaAccess } from "@cartwright/messaging/kafka-access";
import type { ServiceDefinition } from "@cartwright/service/service";
import { unstarted } from "../unstarted.ts";
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

function consumedBy(definition: ServiceDefinition): string[] {
  const { handlers = [] } = unstarted(definition).service;
  const topics = handlers.flatMap(({ contracts: heard }) =>
    heard.map(({ topic }) => topic),
  );
  return [...new Set(topics)].sort();
}
