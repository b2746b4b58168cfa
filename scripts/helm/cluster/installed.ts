import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { chart } from "../tools.ts";
import { namespace, type Cluster } from "./cluster.ts";
import { storePassword, type Stores } from "./stores.ts";

/** The release under trial. */
export const release = "cartwright";

/** What each service shows Kafka. */
export const principalPrefix = "shop-";

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

/** Of the chart's: those of a trial, in a cluster of one machine. */
export const clusterFiles = ["values-trial.yaml", "tests/values/cluster.yaml"];

/**
 * What no file can say: where the stores are, and what they ask for.
 * @param passwords Kafka's, by service
 */
export function clusterValues(
  { address, ports }: Pick<Stores, "address" | "ports">,
  passwords: Readonly<Record<string, string>>,
): Readonly<Record<string, unknown>> {
  const at = (cidr: string) => [{ ipBlock: { cidr } }];
  const stores = at(`${address}/32`);
  const secrets = Object.entries(passwords).map(
    ([service, password]) => [`kafka.${service}`, password] as const,
  );
  return {
    database: {
      ...{ host: address, port: ports.postgres },
      admin: { password: storePassword },
    },
    kafka: {
      ...{ brokers: [`${address}:${ports.kafka}`], principalPrefix },
      admin: { password: storePassword },
    },
    secrets: { values: Object.fromEntries(secrets) },
    networkPolicy: {
      ...{ databaseAt: stores, kafkaAt: stores },
      namesAt: at("10.96.0.10/32"),
    },
  };
}

/** The values of this trial, as arguments of helm; those that are known only now are written to a file in `folder`. */
export async function valuesFor(
  folder: string,
  stores: Stores,
  passwords: Readonly<Record<string, string>>,
): Promise<string[]> {
  const file = join(folder, "values.json");
  await writeFile(file, JSON.stringify(clusterValues(stores, passwords)));
  return [...clusterFiles.map((name) => join(chart, name)), file].flatMap(
    (path) => ["--values", path],
  );
}

/** How the gateway is reached through its Service from this machine. */
export async function gatewayOf({ kubectl }: Cluster): Promise<string> {
  const service = ["get", "service", `${release}-gateway`];
  return `http://${await kubectl(...service, "-o", "jsonpath={.spec.clusterIP}")}`;
}

/** Kinds that a release may leave behind. */
const kinds =
  "all,configmaps,secrets,serviceaccounts,networkpolicies,poddisruptionbudgets,horizontalpodautoscalers,ingresses,jobs,resourcequotas,limitranges";

/** What there is of the release, jobs and their pods included. */
export async function objectsOf({ kubectl }: Cluster): Promise<string[]> {
  const found = await kubectl(
    ...["get", kinds, "-o", "name"],
    ...["-l", `app.kubernetes.io/instance=${release}`],
  );
  return found.split("\n").filter(Boolean);
}
