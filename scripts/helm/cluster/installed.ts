import { join } from "node:path";
import { chart } from "../tools.ts";
import { addressOfNode, namespace, type Cluster } from "./cluster.ts";
import { storePassword, type Stores } from "./stores.ts";

/** The release under trial. */
export const release = "cartwright";

/** What each service shows Kafka. */
export const principalPrefix = "shop-";

type Settings = Readonly<Record<string, string>>;

/** The namespace, whose pods must be restricted ones, and the authority that the stores' certificates are of. */
export async function prepareNamespace(
  { kubectl }: Cluster,
  { ca }: Stores,
): Promise<void> {
  await kubectl("create", "namespace", namespace);
  await kubectl(
    ...["label", "namespace", namespace],
    ...["enforce", "warn"].map(
      (mode) => `pod-security.kubernetes.io/${mode}=restricted`,
    ),
  );
  for (const name of ["kafka-ca", "postgres-ca"])
    await kubectl(
      ...["create", "secret", "generic", name, `--from-file=ca.crt=${ca}`],
    );
}

/** The values of this trial, as arguments of helm. */
export async function valuesFor(
  cluster: Cluster,
  { address, ports }: Stores,
  passwords: Settings,
): Promise<string[]> {
  const node = await addressOfNode(cluster);
  const secrets = Object.entries(passwords).map(
    ([service, password]) =>
      [`secrets.values.kafka\\.${service}`, password] as const,
  );
  const settings: Settings = {
    "database.host": address,
    "database.port": String(ports.postgres),
    "database.admin.password": storePassword,
    "kafka.brokers[0]": `${address}:${ports.kafka}`,
    "kafka.admin.password": storePassword,
    "kafka.principalPrefix": principalPrefix,
    "redis.url": `redis://:${storePassword}@${address}:${ports.redis}`,
    "redis.port": String(ports.redis),
    "networkPolicy.namesAt[0].ipBlock.cidr": "10.96.0.10/32",
    ...Object.fromEntries(
      ["databaseAt", "kafkaAt", "redisAt"].map((peers) => [
        `networkPolicy.${peers}[0].ipBlock.cidr`,
        `${node}/32`,
      ]),
    ),
    ...Object.fromEntries(secrets),
  };
  return [
    ...["--values", join(chart, "values-trial.yaml")],
    ...["--values", join(chart, "tests/values/cluster.yaml")],
    ...Object.entries(settings).flatMap(([key, value]) => [
      /^\d+$/.test(value) ? "--set" : "--set-string",
      `${key}=${value}`,
    ]),
  ];
}

/** How the gateway is reached through its Service from this machine. */
export async function gatewayOf({ kubectl }: Cluster): Promise<string> {
  const service = ["get", "service", `${release}-gateway`];
  return `http://${await kubectl(...service, "-o", "jsonpath={.spec.clusterIP}")}`;
}

/** Kinds that a release may leave behind. */
const kinds =
  "all,configmaps,secrets,serviceaccounts,networkpolicies,poddisruptionbudgets,horizontalpodautoscalers,ingresses,jobs";

/** What there is of the release, jobs and their pods included. */
export async function objectsOf({ kubectl }: Cluster): Promise<string[]> {
  const found = await kubectl(
    ...["get", kinds, "-o", "name"],
    ...["-l", `app.kubernetes.io/instance=${release}`],
  );
  return found.split("\n").filter(Boolean);
}
