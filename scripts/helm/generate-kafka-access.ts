import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { format } from "prettier";
import { kafkaAccess } from "./kafka-access.ts";

/** Writes who may publish and consume what into the chart; with `--check` only says whether it is current. */
const root = join(import.meta.dirname, "../..");
const file = "helm/cartwright/files/kafka-access.json";
const text = await format(JSON.stringify(kafkaAccess()), { parser: "json" });

if (!process.argv.includes("--check")) {
  writeFileSync(join(root, file), text);
} else if (readFileSync(join(root, file), "utf8") !== text) {
  console.error(`${file} is stale: run \`npm run chart:access\`.`);
  process.exitCode = 1;
}
