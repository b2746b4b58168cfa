import { partitionsPerTopic } from "@cartwright/contracts/topics";
import { seconds } from "@cartwright/kernel/duration";
import { RefusedRecords, type Bus } from "./bus.ts";
import { kafkaClient, type KafkaOptions } from "./kafka/client.ts";
import { lagInKafka } from "./kafka/lag.ts";
import { kafkaProducer } from "./kafka/producer.ts";
import { kafkaSubscription } from "./kafka/subscription.ts";
import type { MemberTimes } from "./kafka/membership.ts";
import { sessionTimeout } from "./silence.ts";

const productionTimes: MemberTimes = {
  sessionTimeout,
  rebalanceTimeout: seconds(15),
};

/** The bus over Apache Kafka, the production broker. */
export function kafkaBus(
  options: KafkaOptions & { readonly memberTimes?: MemberTimes },
): Bus {
  const { logger } = options;
  const producer = kafkaProducer(kafkaClient(options), partitionsPerTopic);
  const times = options.memberTimes ?? productionTimes;
  let failure: string | undefined;

  return {
    name: "kafka",
    system: "kafka",
    async start() {
      // Not awaited: a service starts without its broker, shows degraded and catches up later.
      void producer.connect().catch((error: unknown) => {
        failure = String(error);
        logger.warn("kafka cannot be reached", { error: failure });
      });
    },
    stop: () => producer.disconnect(),
    health: () =>
      failure === undefined
        ? { status: "up" }
        : { status: "degraded", detail: failure },

    async publish(records) {
      if (records.length === 0) return;
      try {
        await producer.send(records);
        failure = undefined;
      } catch (error) {
        failure = error instanceof RefusedRecords ? undefined : String(error);
        throw error;
      }
    },
    lag: (group, topics) => lagInKafka(kafkaClient(options), group, topics),
    subscribe(subscription) {
      // A client of its own: kafkajs shares committed offsets by group among the consumers of one.
      const log = logger.child({ group: subscription.group });
      const client = kafkaClient({ ...options, logger: log });
      return kafkaSubscription(client, subscription, { times, logger: log });
    },
  };
}
