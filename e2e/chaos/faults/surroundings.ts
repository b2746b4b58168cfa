import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  postgresServer,
  type PostgresServer,
} from "@cartwright/database/postgres-server";
import {
  kafkaCluster,
  portsPerBroker,
  type KafkaCluster,
} from "@cartwright/messaging/dev/kafka-cluster";
import { freePorts } from "@cartwright/testing/free-ports";
import { commitCutter, type CommitCutter } from "./commit-cuts.ts";
import { ackThief, type AckThief } from "./kafka-acks.ts";
import { bothTaps, partition, type Partition } from "./partition.ts";
import { tcpProxy, type TcpProxy } from "./tcp-proxy.ts";

/** A broker and a database that can be broken: the real ones, with a proxy before each of their ports. */
export type Surroundings = {
  readonly cluster: KafkaCluster;
  /** One per broker. */
  readonly kafkaProxies: readonly TcpProxy[];
  readonly acks: AckThief;
  readonly partition: Partition;
  readonly postgres: PostgresServer;
  /** Its data folder. */
  readonly postgresFolder: string;
  readonly postgresProxy: TcpProxy;
  readonly commits: CommitCutter;
  /** What tells the platform to use them. */
  readonly environment: Readonly<Record<string, string>>;
  stop(): Promise<void>;
};

const brokers = 3;

export async function openSurroundings(): Promise<Surroundings> {
  const folder = mkdtempSync(join(tmpdir(), "cartwright-chaos-"));
  const opened: { stop?(): Promise<void> }[] = [];
  const stop = async () => {
    for (const one of opened.toReversed()) await one.stop?.();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const database = await openDatabase(folder, opened);
    const kafka = await openKafka(folder, opened);
    const environment = {
      DATABASE_URL: database.url,
      KAFKA_BROKERS: kafka.cluster.addresses.join(),
    };
    return { ...database, ...kafka, environment, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

type Opened = { stop?(): Promise<void> }[];

async function openDatabase(folder: string, opened: Opened) {
  const port = await freePorts(1);
  const postgresFolder = join(folder, "postgres");
  const postgres = postgresServer({ folder: postgresFolder, port });
  await postgres.start?.();
  opened.push(postgres);
  const commits = commitCutter();
  const postgresProxy = await tcpProxy({
    port: 0,
    target: port,
    tap: commits.tap,
  });
  opened.push(postgresProxy);
  const url = new URL(postgres.url());
  url.port = String(postgresProxy.port);
  url.searchParams.delete("host"); // a socket would lead past the proxy
  return { postgres, postgresFolder, postgresProxy, commits, url: url.href };
}

async function openKafka(folder: string, opened: Opened) {
  const port = await freePorts(brokers * portsPerBroker);
  const acks = ackThief();
  const between = partition();
  const tap = bothTaps(acks.tap, between.tap);
  const targets = Array.from(
    { length: brokers },
    (_, index) => port + index * portsPerBroker,
  );
  const kafkaProxies = await Promise.all(
    targets.map((target) => tcpProxy({ port: 0, target, tap })),
  );
  opened.push(...kafkaProxies);
  const cluster = kafkaCluster({
    folder,
    port,
    advertised: kafkaProxies.map((proxy) => proxy.port),
    // A third of the default, so that a killed broker is missed sooner.
    properties: { "broker.session.timeout.ms": "3000" },
  });
  opened.push(cluster);
  await cluster.start?.();
  return { cluster, kafkaProxies, acks, partition: between };
}
