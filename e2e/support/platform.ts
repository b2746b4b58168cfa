import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serviceNames, type ServiceName } from "@cartwright/contracts/services";
import { freePorts } from "@cartwright/testing/free-ports";
import { asAdministrator } from "./as-administrator.ts";
import { allProcesses, withDescendants } from "./processes.ts";
import { startProcess } from "./process.ts";
import { untilReady } from "./until-ready.ts";

export type Mode = "embedded" | "kafka";

/** A running platform, started for a test or a measurement, with data of its own. */
export type Platform = {
  readonly mode: Mode;
  readonly processes: 1 | 9;
  /** Of the gateway. */
  readonly url: string;
  /** Connection string of the database's administrator. */
  readonly databaseUrl: string;
  /** `host:port` of the broker that was started, or of those that it was told to use, in Kafka mode. */
  readonly kafkaBrokers: readonly string[];
  /** The process that was started; its children are the rest. */
  pid(): number;
  /** What it and its children have written. */
  output(): string;
  /** As the database's administrator. */
  sql<Row extends object = Record<string, unknown>>(
    text: string,
    values?: readonly unknown[],
  ): Promise<Row[]>;
  /** Where this service answers by itself, in Kafka mode with nine processes. */
  portOf(service: ServiceName): number;
  /** SIGKILL, without a goodbye: to these services, or where all share one process, to that. */
  kill(services: readonly string[]): Promise<void>;
  /** Waits until what was killed answers again, started by its supervisor or else by us. */
  restart(): Promise<void>;
  stop(): Promise<void>;
};

export type PlatformOptions = {
  readonly mode: Mode;
  readonly processes: 1 | 9;
  readonly environment?: Readonly<Record<string, string>>;
};

export async function startPlatform(
  options: PlatformOptions,
): Promise<Platform> {
  const { mode, processes } = options;
  const folder = mkdtempSync(join(tmpdir(), "cartwright-e2e-"));
  const port = await freePorts(5 + serviceNames.length);
  const url = `http://127.0.0.1:${port}`;
  const start = () => startProcess(...commandOf(options, folder, port));
  let main = start();
  try {
    await untilReady(url, main);
  } catch (error) {
    await main.stop("SIGTERM");
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
  const { DATABASE_URL: named, KAFKA_BROKERS: brokers } =
    options.environment ?? {};
  const databaseUrl = named ?? adminUrl(folder, port + 1);
  const db = asAdministrator(databaseUrl, 3);

  return {
    mode,
    processes,
    url,
    databaseUrl,
    kafkaBrokers: brokers?.split(",") ?? [`127.0.0.1:${port + 3}`],
    pid: () => main.pid,
    output: () => main.output(),
    sql: (text, values) => db.query(text, values),
    portOf: (service) => port + 5 + serviceNames.indexOf(service),
    async kill(services) {
      if (mode === "embedded") return main.stop("SIGKILL");
      for (const pid of pidsOf(main.pid, services))
        process.kill(pid, "SIGKILL");
    },
    async restart() {
      if (mode === "embedded") main = start();
      await untilReady(url, main);
    },
    async stop() {
      await db.stop?.();
      await main.stop("SIGTERM");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** What to run, and what it is told. */
function commandOf(
  { mode, processes, environment }: PlatformOptions,
  folder: string,
  port: number,
): Parameters<typeof startProcess> {
  const variables = {
    PORT: String(port),
    POSTGRES_PORT: String(port + 1),
    PROVIDER_PORT: String(port + 2),
    KAFKA_PORT: String(port + 3), // and the next one
    SERVICES_PORT: String(port + 5), // and those behind it
    DATA_FOLDER: folder,
    DEMO_SHOP: "true",
    // All shoppers come from one address here.
    RATE_LIMIT_REQUESTS: "1000000",
    LOGIN_LIMIT_REQUESTS: "1000000",
    ...environment,
  };
  return mode === "embedded"
    ? ["apps/all-in-one/src/main.ts", variables]
    : ["scripts/start-kafka.ts", variables, ["--processes", String(processes)]];
}

/** Of services with a process each; of all, when they share one. */
function pidsOf(main: number, services: readonly string[]): number[] {
  const children = withDescendants(allProcesses(), main);
  const running = (service: string) =>
    children.filter(({ commandLine }) =>
      commandLine.includes(`/apps/${service}/src/main.ts`),
    );
  const found = [...services, "all-in-one"]
    .flatMap(running)
    .map(({ pid }) => pid);
  if (found.length === 0)
    throw new Error(`No process of ${services.join()} is running.`);
  return found;
}

function adminUrl(folder: string, port: number): string {
  const password = readFileSync(
    join(folder, "postgres", "cartwright.password"),
    "utf8",
  );
  return `postgresql://postgres:${password}@127.0.0.1:${port}/postgres`;
}
