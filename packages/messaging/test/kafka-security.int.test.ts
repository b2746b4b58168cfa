import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { newId } from "@cartwright/kernel/ids";
import { whyKafkaCannotRun } from "@cartwright/messaging/dev/kafka-jars";
import { kafkaBus } from "@cartwright/messaging/kafka-bus";
import type { KafkaOptions } from "@cartwright/messaging/kafka/client";
import { createTopics } from "@cartwright/messaging/kafka-topics";
import { silentLogger as logger } from "@cartwright/observability/logger";
import { eventually } from "@cartwright/testing/eventually";
import { aBroker, type ABroker } from "./a-broker.ts";

const why = await whyKafkaCannotRun();
const required = process.env.CI || process.env.REQUIRE_KAFKA;
const run = promisify(execFile);

if (why !== undefined && !required) {
  it.skip(`a broker that asks who is there: ${why}`, () => undefined);
} else {
  describe("a broker that asks who is there", behindTls);
}

/** A certificate that vouches for itself, and the key with it, as Kafka reads them. */
async function certify(folder: string): Promise<void> {
  const [key, certificate] = [join(folder, "key"), join(folder, "ca.pem")];
  const options = [
    ...["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"],
    ...["-subj", "/CN=localhost"],
    ...["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
    ...["-keyout", key, "-out", certificate],
  ];
  await run("openssl", options);
  await writeFile(
    join(folder, "broker.pem"),
    (await readFile(key, "utf8")) + (await readFile(certificate, "utf8")),
  );
}

const secured = (port: number, folder: string) => ({
  listeners: `SECURE://127.0.0.1:${port},CONTROLLER://127.0.0.1:${port + 1}`,
  "advertised.listeners": `SECURE://127.0.0.1:${port}`,
  "listener.security.protocol.map": "SECURE:SASL_SSL,CONTROLLER:PLAINTEXT",
  "inter.broker.listener.name": "SECURE",
  "sasl.mechanism.inter.broker.protocol": "PLAIN",
  "ssl.keystore.type": "PEM",
  "ssl.keystore.location": join(folder, "broker.pem"),
  "ssl.truststore.type": "PEM",
  "ssl.truststore.location": join(folder, "ca.pem"),
  "sasl.enabled.mechanisms": "PLAIN",
  "listener.name.secure.plain.sasl.jaas.config":
    "org.apache.kafka.common.security.plain.PlainLoginModule required " +
    'username="broker" password="of the broker" user_broker="of the broker" user_order="of the orders";',
});

function behindTls(): void {
  let broker: ABroker;
  let ca: string;
  beforeAll(async () => {
    broker = await aBroker(secured, certify);
    ca = await readFile(join(broker.folder, "ca.pem"), "utf8");
  }, 120_000);
  afterAll(() => broker.stop(), 60_000);

  const client = (security: KafkaOptions["security"]): KafkaOptions => ({
    brokers: [broker.address],
    clientId: "test",
    logger,
    ...(security && { security }),
  });
  const asOrder = (password = "of the orders") =>
    client({
      ssl: { ca: [ca] },
      sasl: { mechanism: "plain", username: "order", password },
    });

  it("is written to and read over TLS by who can say so", async () => {
    const topic = `t-${newId()}`;
    await createTopics(asOrder(), { topics: [topic], partitions: 6 });
    const bus = kafkaBus(asOrder());
    const values: string[] = [];
    const member = bus.subscribe({
      group: `g-${newId()}`,
      topics: [topic],
      handle: async ({ records }) => {
        await Promise.resolve();
        values.push(...records.map(({ value }) => value));
      },
    });
    await member.start?.();
    await bus.publish([{ topic, key: "k", headers: {}, value: "told" }]);
    await eventually(() => expect(values).toEqual(["told"]));
    await member.stop?.();
    await bus.stop?.();
  }, 40_000);

  it("turns away a wrong password, and the consumer's health says so", async () => {
    const bus = kafkaBus(asOrder("of somebody else"));
    const member = bus.subscribe({
      group: "g",
      topics: ["t"],
      handle: () => Promise.resolve(),
    });
    await member.start?.();
    await eventually(async () =>
      expect(await member.health?.()).toMatchObject({
        status: "degraded",
        detail: expect.stringContaining("refuse our credentials"),
      }),
    );
    await member.stop?.();
  }, 40_000);

  it.each([
    ["in the clear", undefined],
    ["with a certificate nobody vouches for", { ssl: true }],
  ])(
    "is not spoken to %s",
    async (_, security) => {
      const bus = kafkaBus(client(security));
      const record = { topic: "t", key: "k", headers: {}, value: "secret" };
      await expect(bus.publish([record])).rejects.toThrow();
      await bus.stop?.();
    },
    60_000,
  );
}
