import { copyFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "../tools.ts";
import type { Cluster } from "./cluster.ts";
import type { Guide, TrialStep } from "./guide.ts";
import type { Reader, Substitutes } from "./reader.ts";
import type { Accounts, Stores } from "./stores.ts";

/** The release under trial. */
export const release = "cartwright";

/** Of the chart's: what the proof asks for beside the values of the page. */
export const furtherValues = "tests/values/cluster.yaml";

/** The accounts that the values of the page name. */
export function accountsIn({ values }: Guide<TrialStep>): Accounts {
  const [postgres, kafka] = [
    ...values.matchAll(/admin: \{ password: (\S+) \}/g),
  ].map(([, password]) => password);
  const [, prefix = ""] = /principalPrefix: (\S+)/.exec(values) ?? [];
  if (postgres === undefined || kafka === undefined)
    throw new Error("The values of the page name no administrators.");
  const principals = [...values.matchAll(/^ +kafka\.(\S+): (\S+)$/gm)].map(
    ([, service = "", password = ""]) => [`${prefix}${service}`, password],
  );
  return {
    postgres,
    kafka,
    principals: Object.fromEntries(principals) as Accounts["principals"],
  };
}

/**
 * All that is different here from what the page says.
 * @param port of this machine, for the gateway
 */
export const substitutesHere = (
  { address, ports }: Pick<Stores, "address" | "ports">,
  port: number,
): Substitutes => [
  ["192.0.2.10", address],
  ["port: 5432", `port: ${ports.postgres}`],
  [":9093", `:${ports.kafka}`],
  [
    "--values my-values.yaml",
    `--values my-values.yaml --values helm/cartwright/${furtherValues}`,
  ],
  ["8080:80", `${port}:80`],
];

/** A folder to follow pages in as if it were the checkout: its chart is there. */
export const prepareFolder = (folder: string): Promise<void> =>
  symlink(join(root, "helm"), join(folder, "helm"));

/** The authorities that the reader is said to have. */
export async function giveAuthorities(
  folder: string,
  { ca }: Pick<Stores, "ca">,
): Promise<void> {
  for (const name of ["postgres-ca.crt", "kafka-ca.crt"])
    await copyFile(ca, join(folder, name));
}

/** What the page does before it installs. */
export async function prepareNamespace(
  reader: Reader<TrialStep>,
  folder: string,
): Promise<void> {
  await reader.follow("namespace");
  await reader.follow("authorities");
  await writeFile(join(folder, "my-values.yaml"), reader.read("values"));
}

/** How the gateway is reached through its Service from this machine. */
export async function gatewayOf({ kubectl }: Cluster): Promise<string> {
  const service = ["get", "service", `${release}-gateway`];
  return `http://${await kubectl(...service, "-o", "jsonpath={.spec.clusterIP}")}`;
}

/** Kinds that a release may leave behind. */
const kinds =
  "all,configmaps,secrets,serviceaccounts,networkpolicies,poddisruptionbudgets,horizontalpodautoscalers,ingresses,jobs,resourcequotas,limitranges";

/** Throws when there is anything of the release, jobs and their pods included. */
export async function nothingLeft({
  kubectl,
}: Pick<Cluster, "kubectl">): Promise<void> {
  const found = await kubectl(
    ...["get", kinds, "-o", "name"],
    ...["-l", `app.kubernetes.io/instance=${release}`],
  );
  if (found !== "")
    throw new Error(`Left behind: ${found.replaceAll("\n", ", ")}.`);
}
