import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { whyKafkaCannotRun } from "@cartwright/messaging/dev/kafka-jars";
import { kafkaServer } from "@cartwright/messaging/dev/kafka-server";
import { createTopics } from "@cartwright/messaging/kafka-topics";
import { silentLogger as logger } from "@cartwright/observability/logger";
import { busAt, type BusAddress } from "./bus-address.ts";
import { itIsABus } from "./bus-conformance.ts";

const why = await whyKafkaCannotRun();
const required = process.env.CI || process.env.REQUIRE_KAFKA;

if (why !== undefined && !required) {
  it.skip(`the Kafka bus: ${why}`, () => undefined);
} else {
  describe("the Kafka bus", () => {
    itIsABus(async () => {
      const folder = await mkdtemp(join(tmpdir(), "cartwright-kafka-"));
      const port = await twoFreePorts();
      const server = kafkaServer({
        folder,
        port,
        properties: { "group.min.session.timeout.ms": "1000" },
      });
      await server.start?.();
      const broker = `127.0.0.1:${port}`;
      const address: BusAddress = { kind: "kafka", broker };
      const client = { brokers: [broker], clientId: "test", logger };
      return {
        address,
        open: () => busAt(address),
        createTopics: (topics) =>
          createTopics(client, { topics, partitions: 6, replicas: 1 }),
        transaction: (work) =>
          work({
            query: () => Promise.resolve([]),
            afterCommit: () => undefined,
          }),
        async stop() {
          await server.stop?.();
          await rm(folder, { recursive: true });
        },
      };
    });
  });
}

/** A port that is free together with the one after it. */
async function twoFreePorts(): Promise<number> {
  for (;;) {
    const first = createServer().listen(0, "127.0.0.1");
    await once(first, "listening");
    const { port } = first.address() as AddressInfo;
    const second = createServer().listen(port + 1, "127.0.0.1");
    const free = await once(second, "listening").then(
      () => true,
      () => false,
    );
    first.close();
    if (!free) continue;
    second.close();
    return port;
  }
}
