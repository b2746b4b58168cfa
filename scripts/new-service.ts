import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { refusalOf } from "./new-service/name.ts";
import { listedIn, withTwin } from "./new-service/registration.ts";
import { skeletonOf } from "./new-service/skeleton.ts";

/**
 * `npm run new:service -- loyalty`: makes a service that owns nothing yet, from what another one has, and enters it
 * wherever services are listed. What is left to do is in docs/tutorials/add-a-service.md.
 */
const root = join(import.meta.dirname, "..");
const [name = "", ...rest] = process.argv.slice(2);

const taken = [
  ...readdirSync(join(root, "apps")),
  ...readdirSync(join(root, "packages")),
  ...readdirSync(join(root, "prisma")),
];
const refusal =
  rest.length > 0
    ? "One name at a time: npm run new:service -- loyalty"
    : refusalOf(name, taken);
if (refusal !== undefined) {
  console.error(refusal);
  process.exit(1);
}

const made = skeletonOf(root, name);
// Read and checked before anything is written: a service is made whole or not at all.
const entered = listedIn.map((file) => ({
  file,
  text: withTwin(file, readFileSync(join(root, file), "utf8"), name),
}));
for (const file of made) file.write();
for (const { file, text } of entered) writeFileSync(join(root, file), text);
format([...made.map(({ file }) => file), ...entered.map(({ file }) => file)]);

console.log(`Made apps/${name} and prisma/${name}.`);
console.log(`Entered ${name} in ${entered.length} lists of services.`);

/** Names differ in length, so lines may break elsewhere. */
function format(files: readonly string[]): void {
  const prettier = join(root, "node_modules/prettier/bin/prettier.cjs");
  const { status } = spawnSync(
    process.execPath,
    [prettier, "--write", "--ignore-unknown", "--log-level=warn", ...files],
    { cwd: root, stdio: "inherit" },
  );
  if (status !== 0) process.exit(1);
}
