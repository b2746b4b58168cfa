import { demoDefaults } from "@cartwright/app-all-in-one/config";
import { invitation } from "@cartwright/app-all-in-one/invitation";
import { serviceNames, type ServiceName } from "@cartwright/contracts/services";
import { roleUrl, schemaOf } from "@cartwright/database/role-url";
import type { Part } from "@cartwright/kernel/part";
import { runOnce } from "./run-once.ts";
import type { StartKafkaConfig, Surroundings } from "./config.ts";
import { say } from "./say.ts";
import { supervised } from "./supervised.ts";

/** Eight services and the payment provider, then the gateway before them: stopped the other way round. */
export function nineProcesses(surroundings: Surroundings): readonly Part[] {
  const { config, adminUrl } = surroundings;
  const provider = supervised({
    name: "payment-provider",
    file: "apps/payment-provider/src/main.ts",
    port: config.PROVIDER_PORT,
    environment: () => ({
      ...demoDefaults(config),
      ...metricsAt(undefined),
      DATABASE_URL: roleUrl(adminUrl(), schemaOf("payment-provider")),
    }),
  });
  const gateway = supervised({
    name: "gateway",
    file: "apps/gateway/src/main.ts",
    port: config.PORT,
    environment: () => ({
      ...demoDefaults(config),
      ...serviceUrls(config),
      ...metricsAt(config.METRICS_PORT),
    }),
  });
  return [
    together([...serviceNames.map(service(surroundings)), provider]),
    ...(config.DEMO_SHOP ? [demoShop(adminUrl)] : []),
    gateway,
    {
      name: "invitation",
      start: async () => console.log(invitation(config)),
    },
  ];
}

const demoShop = (adminUrl: () => string): Part => ({
  name: "demo shop",
  start: () =>
    runOnce("scripts/start-kafka/seed.ts", { DATABASE_URL: adminUrl() }),
});

const service =
  ({ config, adminUrl, brokers }: Surroundings) =>
  (name: ServiceName): Part =>
    supervised({
      name,
      file: `apps/${name}/src/main.ts`,
      port: portOf(config, name),
      environment: () => ({
        ...demoDefaults(config),
        ...serviceUrls(config),
        ...metricsAt(metricsPortOf(config, name)),
        DATABASE_URL: roleUrl(adminUrl(), schemaOf(name)),
        KAFKA_BROKERS: brokers.join(),
      }),
    });

const portOf = (config: StartKafkaConfig, name: ServiceName): number =>
  config.SERVICES_PORT + serviceNames.indexOf(name);

const serviceUrls = (config: StartKafkaConfig): Record<string, string> =>
  Object.fromEntries(
    serviceNames.map((name) => [
      `${name.toUpperCase()}_URL`,
      `http://127.0.0.1:${portOf(config, name)}`,
    ]),
  );

/** The gateway's is METRICS_PORT itself; the eight services follow. */
const metricsPortOf = (
  { METRICS_PORT: first }: StartKafkaConfig,
  name: ServiceName,
): number | undefined =>
  first === undefined ? undefined : first + 1 + serviceNames.indexOf(name);

/** Said in any case: a process must not take the port that all of them were told. */
const metricsAt = (port: number | undefined): Record<string, string> => ({
  METRICS_PORT: port === undefined ? "" : String(port),
});

function together(parts: readonly Part[]): Part {
  const stop = async () => {
    await Promise.all(parts.map(async (part) => part.stop?.()));
  };
  return {
    name: "services",
    async start() {
      say(`Starting ${parts.length} processes`);
      const outcomes = await Promise.allSettled(
        parts.map(async (part) => part.start?.()),
      );
      const failed = outcomes.find(({ status }) => status === "rejected");
      if (failed?.status !== "rejected") return;
      await stop();
      throw failed.reason;
    },
    stop,
  };
}
