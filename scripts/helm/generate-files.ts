import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { format } from "prettier";
import { kafkaAccess } from "./kafka-access.ts";
import { chart } from "./tools.ts";
import { variables } from "./variables.ts";

/**
 * Writes what the chart has to know of the code into it: who may publish and consume what, and who reads which variable.
 * With `--check` only says whether both are current.
 */
const known = {
  "kafka-access.json": kafkaAccess(),
  "variables.json": variables(),
};

for (const [name, content] of Object.entries(known)) {
  const file = join(chart, "files", name);
  const text = await format(JSON.stringify(content), { parser: "json" });
  if (!process.argv.includes("--check")) {
    writeFileSync(file, text);
  } else if (readFileSync(file, "utf8") !== text) {
    console.error(
      `helm/cartwright/files/${name} is stale: run \`npm run chart:files\`.`,
    );
    process.exitCode = 1;
  }
}
