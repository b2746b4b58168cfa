import { noTransaction } from "@cartwright/testing/no-transaction";
import { whyKafkaCannotRun } from "@cartwright/messaging/dev/kafka-jars";
import { createTopics } from "@cartwright/messaging/kafka-topics";
import { silentLogger as logger } from "@cartwright/observability/logger";
import { aBroker } from "./a-broker.ts";
import { busAt, type BusAddress } from "./bus-address.ts";
import { itIsABus } from "./bus-conformance.ts";

const why = await whyKafkaCannotRun();
const required = process.env.CI || process.env.REQUIRE_KAFKA;

if (why !== undefined && !required) {
  it.skip(`the Kafka bus: ${why}`, () => undefined);
} else {
  describe("the Kafka bus", () => {
    itIsABus(async () => {
      const server = await aBroker();
      const broker = server.address;
      const address: BusAddress = { kind: "kafka", broker };
      const client = { brokers: [broker], clientId: "test", logger };
      return {
        address,
        open: () => busAt(address),
        createTopics: (topics) =>
          createTopics(client, { topics, partitions: 6, replicas: 1 }),
        transaction: noTransaction,
        stop: () => server.stop(),
      };
    });
  });
}
