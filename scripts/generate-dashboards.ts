import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { format } from "prettier";
import { dashboards } from "./dashboards/all.ts";
import { build } from "./dashboards/panel.ts";

/** Writes infra/grafana/dashboards from scripts/dashboards, or with `--check` fails when one is stale or nobody's. */

const folder = join(import.meta.dirname, "../infra/grafana/dashboards");
const isCheck = process.argv.includes("--check");
const complaints: string[] = [];

for (const dashboard of dashboards) {
  const file = `${dashboard.uid}.json`;
  const json = JSON.stringify(build(dashboard));
  const made = await format(json, { parser: "json" });
  if (!isCheck) writeFileSync(join(folder, file), made);
  else if (textOf(file) !== made) complaints.push(`${file} is stale`);
}
const files = dashboards.map(({ uid }) => `${uid}.json`);
for (const file of readdirSync(folder))
  if (!files.includes(file)) complaints.push(`${file} is nobody's`);
if (complaints.length > 0) {
  console.error(`${complaints.join("; ")}: npm run docs`);
  process.exitCode = 1;
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(join(folder, file), "utf8");
  } catch {
    return undefined;
  }
}
