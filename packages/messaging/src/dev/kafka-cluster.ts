import { join } from "node:path";
import { minutes } from "@cartwright/kernel/duration";
import type { Part } from "@cartwright/kernel/part";
import { brokerPid } from "./kafka-process.ts";
import { kafkaServer, newClusterId } from "./kafka-server.ts";

export type KafkaClusterOptions = {
  /** Each broker's data lies in a folder of this one. */
  readonly folder: string;
  /** The first of three per broker: for clients, its controller, and the other brokers. */
  readonly port: number;
  /** Where clients find each broker, which need not be where it listens: a proxy may stand between. */
  readonly advertised: readonly number[];
  /** Further server properties, of all. */
  readonly properties?: Readonly<Record<string, string>>;
};

export type Broker = {
  /** Asks it to leave in good order, and waits. */
  stop(): Promise<void>;
  /** SIGKILL, without a goodbye. */
  kill(): Promise<void>;
  /** Resolves when it answers. */
  start(): Promise<void>;
};

export type KafkaCluster = Part & {
  readonly brokers: readonly Broker[];
  /** Of all brokers, as they are advertised. */
  readonly addresses: readonly string[];
};

export const portsPerBroker = 3;

/**
 * As many Apache Kafka brokers as are advertised, each a controller too, on this machine: three copies of
 * everything, of which two must be written. For tests of what becomes of the platform when one goes.
 */
export function kafkaCluster(options: KafkaClusterOptions): KafkaCluster {
  const clusterId = newClusterId();
  const brokers = options.advertised.map((_, index) =>
    broker(options, index, clusterId),
  );
  return {
    name: "kafka cluster",
    brokers,
    addresses: options.advertised.map((port) => `127.0.0.1:${port}`),
    // Together: none answers before a majority of the controllers is there.
    async start() {
      await Promise.all(brokers.map((one) => one.start()));
    },
    // None leaves well without a majority, and nobody needs the data afterwards.
    async stop() {
      await Promise.all(brokers.map((one) => one.kill()));
    },
  };
}

function broker(
  options: KafkaClusterOptions,
  index: number,
  clusterId: string,
): Broker {
  const folder = join(options.folder, `broker-${index + 1}`);
  const server = kafkaServer({
    folder,
    port: portOf(options, index),
    clusterId,
    startWithin: minutes(3), // beside all that it is to be missed by
    properties: { ...propertiesOf(options, index), ...options.properties },
  });
  let stopping: Promise<void> | undefined;
  return {
    async start() {
      stopping = undefined;
      await server.start?.();
    },
    stop: async () => (stopping ??= server.stop?.() ?? Promise.resolve()),
    async kill() {
      const pid = await brokerPid(folder);
      if (pid !== undefined) process.kill(pid, "SIGKILL");
      await (stopping ??= server.stop?.() ?? Promise.resolve());
    },
  };
}

const portOf = ({ port }: KafkaClusterOptions, index: number): number =>
  port + index * portsPerBroker;

function propertiesOf(
  options: KafkaClusterOptions,
  index: number,
): Record<string, string> {
  const port = portOf(options, index);
  const copies = String(Math.min(3, options.advertised.length));
  const written = String(Math.min(2, options.advertised.length));
  const voters = options.advertised.map(
    (_, voter) => `${voter + 1}@127.0.0.1:${portOf(options, voter) + 1}`,
  );
  const among = `BROKER://127.0.0.1:${port + 2}`;
  return {
    "node.id": String(index + 1),
    "controller.quorum.voters": voters.join(),
    "inter.broker.listener.name": "BROKER",
    listeners: `CLIENT://127.0.0.1:${port},${among},CONTROLLER://127.0.0.1:${port + 1}`,
    "advertised.listeners": `CLIENT://127.0.0.1:${options.advertised[index]},${among}`,
    "listener.security.protocol.map":
      "CLIENT:PLAINTEXT,BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT",
    "default.replication.factor": copies,
    "min.insync.replicas": written,
    "offsets.topic.replication.factor": copies,
    "transaction.state.log.replication.factor": copies,
    "transaction.state.log.min.isr": written,
    "share.coordinator.state.topic.replication.factor": copies,
    "share.coordinator.state.topic.min.isr": written,
  };
}
