import { model, renamed } from "./model.ts";

/** Every file that lists the services one by one. */
export const listedIn: readonly string[] = [
  "packages/contracts/src/services.ts",
  "packages/service/src/service-config.ts",
  "apps/all-in-one/package.json",
  "apps/all-in-one/src/services.ts",
  "scripts/declared-environments.ts",
  "scripts/helm/definitions.ts",
  "e2e/variables.e2e.test.ts",
  ".env.example",
  "docker-compose.yml",
  "docker-compose.dev.yml",
  "infra/prometheus/rules/alerts.yml",
  "infra/prometheus/targets/compose.json",
  "infra/prometheus/tests/alerts.yml",
  "helm/cartwright/templates/_topology.tpl",
  "helm/cartwright/values.schema.json",
  "helm/cartwright/values.yaml",
  "helm/cartwright/values-production.yaml",
  "helm/cartwright/values-trial.yaml",
];

/** Grafana has variables with an underscore before the same word. */
const mention = new RegExp(`(?<!_)${model}`, "i");
/** The model as the last of a list in one line. */
const lastOfLine = new RegExp(`, ${model}\\b`);

/** The list with an entry for the new service behind the model's. */
export function withTwin(file: string, text: string, name: string): string {
  if (!mention.test(text)) throw new Error(`${file} lists no ${model}.`);
  const entries = entriesOf(text.split("\n"));
  return entries
    .flatMap((lines) =>
      mention.test(lines.join()) ? twins(file, lines, name) : lines,
    )
    .join("\n");
}

/** The lines, each mention of the model with all that is indented below it. */
function entriesOf(lines: readonly string[]): string[][] {
  const entries: string[][] = [];
  for (const line of lines) {
    const open = entries.at(-1);
    const first = open?.[0] ?? "";
    if (mention.test(first) && (isBelow(first, line) || closes(first, line)))
      open?.push(line);
    else entries.push([line]);
  }
  return entries;
}

const isBelow = (first: string, line: string): boolean =>
  indentOf(line) > indentOf(first);

/** The brace or bracket that the first line has opened. */
const closes = (first: string, line: string): boolean =>
  /[{[]$/.test(first) &&
  /^\s*[}\]]/.test(line) &&
  indentOf(line) === indentOf(first);

const indentOf = (line: string): number =>
  line === "" ? 0 : line.length - line.trimStart().length;

function twins(file: string, lines: string[], name: string): string[] {
  const [first = ""] = lines;
  if (lastOfLine.test(first))
    return [first.replace(lastOfLine, `, ${model}, ${name}`)];
  const twin = lines.map((line) => renamed(line, name));
  if (file.endsWith(".json")) return [...followed(lines), ...twin];
  return lines.length > 1 ? [...lines, "", ...twin] : [...lines, ...twin];
}

/** The last of a list in JSON has no comma behind it; then it is not the last any more. */
function followed(lines: readonly string[]): string[] {
  const last = lines.at(-1) ?? "";
  return last.endsWith(",") ? [...lines] : [...lines.slice(0, -1), `${last},`];
}
