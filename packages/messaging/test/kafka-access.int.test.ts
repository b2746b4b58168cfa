import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { topics } from "@cartwright/contracts/topics";
import { whyKafkaCannotRun } from "@cartwright/messaging/dev/kafka-jars";
import {
  grantAccess,
  type KafkaAccess,
} from "@cartwright/messaging/kafka-access";
import { kafkaBus } from "@cartwright/messaging/kafka-bus";
import {
  kafkaClient,
  type KafkaOptions,
} from "@cartwright/messaging/kafka/client";
import { createTopics } from "@cartwright/messaging/kafka-topics";
import { silentLogger as logger } from "@cartwright/observability/logger";
import { eventually } from "@cartwright/testing/eventually";
import { aBroker, type ABroker } from "./a-broker.ts";

const why = await whyKafkaCannotRun();
const required = process.env.CI || process.env.REQUIRE_KAFKA;
const run = promisify(execFile);

/** What the chart grants on every installation. */
const file = "../../../helm/cartwright/files/kafka-access.json";
const access = JSON.parse(
  await readFile(join(import.meta.dirname, file), "utf8"),
) as Record<string, KafkaAccess>;
const services = Object.entries(access);

if (why !== undefined && !required) {
  it.skip(`a broker that grants each service its own: ${why}`, () => undefined);
} else {
  describe("a broker that grants each service its own", asGranted);
}

/** A certificate that vouches for itself, and the key with it, as Kafka reads them. */
async function certify(folder: string): Promise<void> {
  const [key, certificate] = [join(folder, "key"), join(folder, "ca.pem")];
  await run("openssl", [
    ...["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"],
    ...["-subj", "/CN=localhost"],
    ...["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
    ...["-keyout", key, "-out", certificate],
  ]);
  await writeFile(
    join(folder, "broker.pem"),
    (await readFile(key, "utf8")) + (await readFile(certificate, "utf8")),
  );
}

const passwordOf = (user: string) => `of ${user}`;
const users = ["broker", ...services.map(([name]) => `shop-${name}`)];

const guarded = (port: number, folder: string) => ({
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
    `username="broker" password="${passwordOf("broker")}" ` +
    `${users.map((user) => `user_${user}="${passwordOf(user)}"`).join(" ")};`,
  "authorizer.class.name":
    "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
  // The controller's listener is this process's own and asks nobody.
  "super.users": "User:broker;User:ANONYMOUS",
});

function asGranted(): void {
  let broker: ABroker;
  let ca: string;
  const as = (username: string): KafkaOptions => ({
    brokers: [broker.address],
    clientId: username,
    logger,
    security: {
      ssl: { ca: [ca] },
      sasl: { mechanism: "plain", username, password: passwordOf(username) },
    },
  });
  beforeAll(async () => {
    broker = await aBroker(guarded, certify);
    ca = await readFile(join(broker.folder, "ca.pem"), "utf8");
    await createTopics(as("broker"));
    await grantAccess(as("broker"), access, { principalPrefix: "shop-" });
  }, 120_000);
  afterAll(() => broker.stop(), 60_000);

  it.each(services)("lets %s write its own topics alone", async (name, own) => {
    const bus = kafkaBus(as(`shop-${name}`));
    const outcomes: string[] = [];
    for (const topic of topics) {
      const record = { topic, key: "k", headers: {}, value: "{}" };
      const isWritten = await bus.publish([record]).then(
        () => true,
        (error: unknown) => {
          expect(String(error)).toMatch(/not authorized/i);
          return false;
        },
      );
      if (isWritten) outcomes.push(topic);
    }
    await bus.stop?.();
    expect(outcomes.sort()).toEqual([...own.publishes].sort());
  });

  /** The first record of a topic, or why there is none. */
  async function readAs(
    user: string,
    groupId: string,
    topic: string,
  ): Promise<string> {
    const consumer = kafkaClient(as(user)).consumer({
      groupId,
      retry: { retries: 2, restartOnFailure: () => Promise.resolve(false) },
    });
    try {
      await consumer.connect();
      await consumer.subscribe({ topic, fromBeginning: true });
      return await new Promise<string>((resolve, reject) => {
        consumer.on(consumer.events.CRASH, ({ payload }) =>
          reject(payload.error),
        );
        void consumer.run({
          eachMessage: async () => {
            resolve("read");
          },
        });
      });
    } catch (error) {
      return String(error);
    } finally {
      await consumer.disconnect();
    }
  }

  // A new cluster's first group waits until somebody coordinates it.
  it("lets a service read what it consumes, in its own group", async () => {
    await eventually(async () =>
      expect(await readAs("shop-payment", "payment", "payment-commands")).toBe(
        "read",
      ),
    );
  });

  it.each([
    ["a topic that it only writes", "shop-order", "order", "payment-commands"],
    ["a topic of no concern", "shop-payment", "payment", "identity-events"],
  ])("does not let a service read %s", async (_, user, group, topic) => {
    expect(await readAs(user, group, topic)).toMatch(/not authorized/i);
  });

  it("does not let a service read in the group of another", async () => {
    expect(await readAs("shop-order", "payment", "payment-events")).toMatch(
      /not authorized|find group coordinator/i, // which kafkajs makes of the refusal
    );
  });

  it("does not let a service make topics or grants", async () => {
    const plan = { topics: ["of-its-own"], partitions: 1 };
    await expect(createTopics(as("shop-order"), plan)).rejects.toThrow();
    await expect(grantAccess(as("shop-order"), access)).rejects.toThrow();
  });
}
