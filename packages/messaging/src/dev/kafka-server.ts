import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { seconds, type Duration } from "@cartwright/kernel/duration";
import type { Part } from "@cartwright/kernel/part";
import {
  endOf,
  endSurvivor,
  javaFor,
  remember,
  terminate,
  type Java,
} from "./kafka-process.ts";
import { kafkaJars, whyKafkaCannotRun } from "./kafka-jars.ts";
import { refuseTakenPort, untilItAnswers } from "./ports.ts";

export type KafkaServerOptions = {
  /** Where its data lies; a second start finds what the first one wrote. */
  readonly folder: string;
  /** The controller listens on the next one. */
  readonly port: number;
  readonly say?: (message: string) => void;
  /** Called when the broker ends without having been told to. */
  readonly onExit?: (message: string) => void;
  /** Further server properties. */
  readonly properties?: Readonly<Record<string, string>>;
  /** Of the cluster that it joins; one of its own unless given. */
  readonly clusterId?: string;
  /** How long it may take to answer; a minute unless given. */
  readonly startWithin?: Duration;
};

/** One Apache Kafka broker in KRaft mode on this machine, for development and tests. */
export function kafkaServer(options: KafkaServerOptions): Part {
  const { folder, port, say = () => undefined } = options;
  let stop: (() => Promise<void>) | undefined;

  return {
    name: "kafka server",
    async start() {
      const missing = await whyKafkaCannotRun();
      if (missing !== undefined) throw new Error(missing);
      await endSurvivor(folder);
      await refuseTakenPort(port, "Kafka");
      await refuseTakenPort(port + 1, "Kafka's controller");
      const java = javaFor(await kafkaJars(say), folder);
      await configure(options);
      if (!existsSync(join(folder, "data", "meta.properties")))
        await format(java, folder, options.clusterId ?? newClusterId());
      stop = await launch(java, options);
    },
    async stop() {
      await stop?.();
    },
  };
}

/** Resolves, when the broker answers, with what stops it. */
async function launch(
  java: Java,
  { folder, port, onExit, startWithin = seconds(60) }: KafkaServerOptions,
): Promise<() => Promise<void>> {
  const broker = java("kafka.Kafka", [join(folder, "server.properties")]);
  await remember(folder, broker);
  /** When the process ends without stopping its parts, the broker is at least told to. */
  const tell = () => broker.kill("SIGTERM");
  process.once("exit", tell);
  const ended = endOf(broker).then((lastWords) => {
    process.removeListener("exit", tell);
    return lastWords;
  });
  const died = ended.then((lastWords) => {
    throw new Error(`Kafka did not start.\n${lastWords}`);
  });
  try {
    await Promise.race([untilItAnswers(port, startWithin), died]);
  } catch (error) {
    await terminate(broker);
    throw error;
  }
  let stopping = false;
  void ended.then((lastWords) => {
    if (!stopping) onExit?.(`Kafka has ended.\n${lastWords}`);
  });
  return async () => {
    stopping = true;
    await terminate(broker);
  };
}

/** 16 bytes in URL-safe base64: Kafka's form of a UUID. */
export const newClusterId = (): string =>
  Buffer.from(randomUUID().replaceAll("-", ""), "hex").toString("base64url");

async function format(
  java: Java,
  folder: string,
  cluster: string,
): Promise<void> {
  const tool = java("kafka.tools.StorageTool", [
    // In one word: an id may begin with a dash, and would be taken for an option.
    ...["format", `--cluster-id=${cluster}`],
    ...["-c", join(folder, "server.properties")],
  ]);
  const said = await endOf(tool);
  if (tool.exitCode !== 0)
    throw new Error(`Kafka's storage could not be formatted.\n${said}`);
}

async function configure(options: KafkaServerOptions): Promise<void> {
  const { folder, port } = options;
  await mkdir(folder, { recursive: true });
  const properties = {
    "process.roles": "broker,controller",
    "node.id": "1",
    "controller.quorum.voters": `1@127.0.0.1:${port + 1}`,
    "controller.listener.names": "CONTROLLER",
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${port + 1}`,
    "advertised.listeners": `PLAINTEXT://127.0.0.1:${port}`,
    "listener.security.protocol.map":
      "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
    "log.dirs": join(folder, "data"),
    "auto.create.topics.enable": "false",
    "offsets.topic.replication.factor": "1",
    "offsets.topic.num.partitions": "6",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "transaction.state.log.num.partitions": "1",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
    "group.initial.rebalance.delay.ms": "0",
    ...options.properties,
  };
  const lines = Object.entries(properties).map(
    ([name, value]) => `${name}=${value}\n`,
  );
  await writeFile(join(folder, "server.properties"), lines.join(""));
  await writeFile(join(folder, "log4j2.properties"), logging);
}

const logging = `rootLogger.level = WARN
rootLogger.appenderRef.out.ref = out
appender.out.type = Console
appender.out.name = out
appender.out.layout.type = PatternLayout
appender.out.layout.pattern = [%d] %p %m (%c{1})%n
`;
