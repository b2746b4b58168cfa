import { randomUUID } from "node:crypto";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { seconds } from "@cartwright/kernel/duration";
import type { Part } from "@cartwright/kernel/part";
import { kafkaJars, whyKafkaCannotRun } from "./kafka-jars.ts";

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
};

const heap = [
  "-Xms128m",
  "-Xmx448m",
  "-XX:TieredStopAtLevel=1",
  "-XX:+UseSerialGC",
];
const startWithin = seconds(60);
const stopWithin = seconds(20);

/** One Apache Kafka broker in KRaft mode on this machine, for development and tests. */
export function kafkaServer(options: KafkaServerOptions): Part {
  const { folder, port, say = () => undefined } = options;
  let broker: ChildProcess | undefined;
  let stopping = false;

  return {
    name: "kafka server",
    async start() {
      const missing = await whyKafkaCannotRun();
      if (missing !== undefined) throw new Error(missing);
      await refuseTakenPort(port);
      await refuseTakenPort(port + 1);
      const jars = await kafkaJars(say);
      await configure(options);
      const java = runner(jars, folder);
      if (!existsSync(join(folder, "data", "meta.properties")))
        await format(java, folder);
      broker = java("kafka.Kafka", [join(folder, "server.properties")]);
      const ended = endOf(broker);
      await Promise.race([
        untilItAnswers(port),
        ended.then((end) =>
          Promise.reject(new Error(`Kafka did not start.\n${end}`)),
        ),
      ]);
      void ended.then((end) => {
        if (!stopping) options.onExit?.(`Kafka has ended.\n${end}`);
      });
    },
    async stop() {
      stopping = true;
      if (broker?.exitCode !== null || broker.signalCode !== null) return;
      const child = broker;
      const gone = once(child, "exit");
      child.kill("SIGTERM");
      const impatient = setTimeout(() => child.kill("SIGKILL"), stopWithin);
      await gone;
      clearTimeout(impatient);
    },
  };
}

type Java = (main: string, args: readonly string[]) => ChildProcess;

const runner =
  (jars: string, folder: string): Java =>
  (main, args) =>
    spawn(
      "java",
      [
        ...heap,
        `-Dlog4j2.configurationFile=${join(folder, "log4j2.properties")}`,
        "-cp",
        join(jars, "lib", "*"),
        main,
        ...args,
      ],
      // Its own process group: Ctrl-C in the terminal reaches it through us, after the services have left.
      { stdio: ["ignore", "pipe", "pipe"], detached: true },
    );

/** Resolves with the last lines it said, once it has ended. */
async function endOf(child: ChildProcess): Promise<string> {
  let tail = "";
  const keep = (chunk: Buffer) =>
    void (tail = (tail + chunk.toString()).slice(-4_000));
  child.stdout?.on("data", keep);
  child.stderr?.on("data", keep);
  await once(child, "close");
  return tail.trim();
}

async function format(java: Java, folder: string): Promise<void> {
  // 16 bytes in URL-safe base64: Kafka's form of a UUID.
  const cluster = Buffer.from(randomUUID().replaceAll("-", ""), "hex").toString(
    "base64url",
  );
  const tool = java("kafka.tools.StorageTool", [
    ...["format", "-t", cluster],
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

async function refuseTakenPort(port: number): Promise<void> {
  const probe = createServer();
  probe.listen(port, "127.0.0.1");
  try {
    await once(probe, "listening");
  } catch {
    throw new Error(`Port ${port}, which Kafka needs, is taken.`);
  } finally {
    probe.close();
  }
}

async function untilItAnswers(port: number): Promise<void> {
  const end = performance.now() + startWithin;
  while (!(await answers(port))) {
    if (performance.now() > end)
      throw new Error(
        `Kafka does not answer on port ${port} after ${startWithin / 1_000} s.`,
      );
    await sleep(100);
  }
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
