import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { say } from "../../images/proof/shell.ts";
import type { Cluster } from "./cluster.ts";
import type { OperatedStep } from "./guide.ts";
import { nothingLeft, release } from "./installed.ts";
import type { Reader } from "./reader.ts";

/** Zones, which the values for customers spread pods over. */
const zone = "topology.kubernetes.io/zone=zone-1";

/**
 * Installs, upgrades, rolls back and uninstalls with the values for customers, by the page for operators. Pods only say that they run:
 * what is shown is that the API server takes everything and that Helm comes to its end.
 * @param folder that the reader types in
 */
export async function proveOperated(
  { kubectl }: Cluster,
  reader: Reader<OperatedStep>,
  folder: string,
): Promise<void> {
  const logLevel = () =>
    kubectl(
      ...["get", `configmap/${release}-order`],
      ...["-o", "jsonpath={.data.LOG_LEVEL}"],
    );
  const values = (level: string) =>
    writeFile(
      join(folder, "my-values.yaml"),
      `image: { registry: registry.example/shop }\nenv: { LOG_LEVEL: ${level} }\n`,
    );
  const expectLevel = async (step: string, wanted: string) => {
    const level = await logLevel();
    if (level !== wanted)
      throw new Error(`${step}: services log at ${level}, not at ${wanted}.`);
    say(`${step}, with the values for customers`);
  };
  await kubectl("label", "nodes", "--all", zone);
  await reader.follow("namespace");
  await values("info");
  await reader.follow("install");
  await expectLevel("Installed", "info");
  reader.read("firstOperator"); // typed where pods really run
  await values("debug");
  await reader.follow("upgrade");
  await expectLevel("Upgraded", "debug");
  await reader.follow("rollBack");
  await expectLevel("Rolled back", "info");
  await reader.follow("uninstall");
  await nothingLeft({ kubectl });
  say("Uninstalled; nothing is left behind");
}
