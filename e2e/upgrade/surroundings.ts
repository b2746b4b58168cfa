import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  allInOneConfig,
  demoDefaults,
} from "@cartwright/app-all-in-one/config";
import { serviceNames, type ServiceName } from "@cartwright/contracts/services";
import { roleUrl, schemaOf } from "@cartwright/database/role-url";
import { kafkaServer } from "@cartwright/messaging/dev/kafka-server";
import { createTopics } from "@cartwright/messaging/kafka-topics";
import { silentLogger as logger } from "@cartwright/observability/logger";
import { testDatabase } from "@cartwright/testing/test-database";
import { freePorts } from "@cartwright/testing/free-ports";
import type { Platform } from "../support/platform.ts";
import { untilReady } from "../support/until-ready.ts";
import { startProcess, type RunningProcess } from "../support/process.ts";
import { openAddress, type Address } from "./address.ts";
import { asAdministrator } from "../support/as-administrator.ts";
import { thisTree } from "../support/tree-copy.ts";

export type Deployed = ServiceName | "gateway";
export const deployed: readonly Deployed[] = [...serviceNames, "gateway"];

type Environment = Readonly<Record<string, string>>;

/** What releases share: a database, a broker, the payment provider, and an address for each service. */
export type Surroundings = Pick<Platform, "sql" | "url"> & {
  readonly adminUrl: string;
  readonly brokers: readonly string[];
  readonly provider: RunningProcess;
  readonly addresses: ReadonlyMap<Deployed, Address>;
  environmentOf(service: Deployed): Environment;
  stop(): Promise<void>;
};

/** With the schemas of this tree, and nothing of it running yet. */
export async function openSurroundings(): Promise<Surroundings> {
  const opened: Stoppable[] = [];
  const stop = async () => {
    for (const one of opened.toReversed()) await one.stop?.();
  };
  const keep = <T extends Stoppable>(one: T): T => {
    opened.push(one);
    return one;
  };
  try {
    return { ...(await open(keep)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

type Stoppable = { stop?: () => Promise<void> };

async function open(
  keep: <T extends Stoppable>(one: T) => T,
): Promise<Omit<Surroundings, "stop">> {
  const folder = await mkdtemp(join(tmpdir(), "cartwright-upgrade-"));
  keep({ stop: () => rm(folder, { recursive: true, force: true }) });
  const [{ adminUrl }, brokers] = await Promise.all([
    testDatabase("order").then(keep),
    startBroker(folder, keep),
  ]);
  const addresses = new Map<Deployed, Address>();
  for (const service of deployed)
    addresses.set(service, keep(await openAddress()));
  const [providerPort, front] = [await freePorts(1), addresses.get("gateway")!];
  const common = commonEnvironment(addresses, providerPort);
  const provider = startProvider(adminUrl, providerPort, common);
  keep({ stop: () => provider.stop("SIGTERM") });
  await untilReady(`http://127.0.0.1:${providerPort}`, provider);
  const db = keep(asAdministrator(adminUrl, 4));
  return {
    ...{ adminUrl, brokers, provider, addresses, url: front.url },
    sql: (text, values) => db.query(text, values),
    environmentOf: (service) => ({
      ...common,
      ...(service !== "gateway" && {
        DATABASE_URL: roleUrl(adminUrl, schemaOf(service)),
        KAFKA_BROKERS: brokers.join(),
      }),
    }),
  };
}

async function startBroker(
  folder: string,
  keep: (part: ReturnType<typeof kafkaServer>) => unknown,
): Promise<readonly string[]> {
  const port = await freePorts(2);
  const broker = kafkaServer({ folder: join(folder, "kafka"), port });
  keep(broker);
  await broker.start?.();
  const brokers = [`127.0.0.1:${port}`];
  await createTopics({ brokers, clientId: "test", logger });
  return brokers;
}

/** As `npm run start:kafka` tells its processes, but that each finds the others by their addresses. */
function commonEnvironment(
  addresses: ReadonlyMap<Deployed, Address>,
  providerPort: number,
): Environment {
  const config = allInOneConfig.parse({
    PORT: addresses.get("gateway")?.port,
    PROVIDER_PORT: providerPort,
    DEMO_SHOP: "true",
  });
  const urls = [...addresses]
    .filter(([service]) => service !== "gateway")
    .map(([service, { url }]) => [`${service.toUpperCase()}_URL`, url]);
  return {
    ...demoDefaults(config),
    ...(Object.fromEntries(urls) as Environment),
    LOG_LEVEL: "warn",
    NODE_COMPILE_CACHE: join(thisTree, ".cache/node"),
    // All shoppers come from one address here.
    RATE_LIMIT_REQUESTS: "1000000",
    LOGIN_LIMIT_REQUESTS: "1000000",
  };
}

const startProvider = (
  adminUrl: string,
  port: number,
  environment: Environment,
): RunningProcess =>
  startProcess("apps/payment-provider/src/main.ts", {
    ...environment,
    DATABASE_URL: roleUrl(adminUrl, schemaOf("payment-provider")),
    PORT: String(port),
  });
