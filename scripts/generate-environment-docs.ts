import {
  allInOneConfig,
  demoDefaults,
} from "@cartwright/app-all-in-one/config";
import { serviceNames } from "@cartwright/contracts/services";
import { parseConfig } from "@cartwright/service/load-config";
import { z } from "zod";
import { declaredEnvironments } from "./declared-environments.ts";
import { code, generatePage, table } from "./markdown.ts";

/** Writes docs/reference/environment.md from the configurations of all processes, or with `--check` fails when it is stale. */

type Shape = {
  readonly description?: string;
  readonly type?: string;
  readonly format?: string;
  readonly enum?: readonly string[];
  readonly default?: string | number;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
};

type Variable = {
  readonly name: string;
  readonly value: string;
  readonly unless: string;
  readonly meaning: string;
  readonly processes: readonly string[];
};

const needed = "**needed**";
const demoShops = ["all-in-one", "start:kafka"];
const ofDemoShops = demoDefaults(parseConfig(allInOneConfig, {}));

function variablesOf(process: string, config: z.ZodObject): Variable[] {
  const { properties = {}, required = [] } = schemaOf(config);
  const again = schemaOf(config).properties ?? {};
  return Object.entries(properties).map(([name, shape]) => {
    if (!shape.description)
      throw new Error(`${process} does not say what ${name} means.`);
    return {
      name,
      value: valueOf(shape),
      unless: required.includes(name)
        ? needed
        : defaultOf(process, name, [shape, again[name]]),
      meaning: shape.description,
      processes: [process],
    };
  });
}

const schemaOf = (config: z.ZodObject) =>
  z.toJSONSchema(config, { io: "input", unrepresentable: "any" }) as {
    readonly properties?: Readonly<Record<string, Shape>>;
    readonly required?: readonly string[];
  };

function valueOf(shape: Shape): string {
  if (shape.enum) return shape.enum.map(code).join(", ");
  if (shape.format === "uri") return "URL";
  if (shape.type === "integer") return `whole number${rangeOf(shape)}`;
  if (shape.type === "number") return `number${rangeOf(shape)}`;
  const { minLength = 0 } = shape;
  return minLength > 1 ? `text of ${String(minLength)} or more` : "text";
}

function rangeOf({ minimum, exclusiveMinimum, maximum }: Shape): string {
  const least =
    minimum === undefined
      ? `above ${String(exclusiveMinimum)}`
      : String(minimum);
  return maximum === undefined || maximum === Number.MAX_SAFE_INTEGER
    ? `, ${least}${minimum === undefined ? "" : " or more"}`
    : `, ${least} to ${String(maximum)}`;
}

/** Asked twice, a default that is made up differs. */
function defaultOf(
  process: string,
  name: string,
  [shape, again]: readonly [Shape, Shape | undefined],
): string {
  if (shape.default !== again?.default) return "made up at each start";
  const given =
    demoShops.includes(process) && !(name in allInOneConfig.shape)
      ? (ofDemoShops[name] ?? shape.default)
      : shape.default;
  return given === undefined || given === "" ? "none" : code(String(given));
}

/** One line for all processes that are told the same thing in the same way. */
function merged(variables: readonly Variable[]): Variable[] {
  const alike = Map.groupBy(variables, ({ name, value, unless, meaning }) =>
    [name, value, unless, meaning].join("\n"),
  );
  return [...alike.values()]
    .flatMap(([first, ...others]) => {
      if (!first) return [];
      const processes = [first, ...others].flatMap((one) => one.processes);
      return [{ ...first, processes }];
    })
    .sort(
      (one, other) =>
        one.name.localeCompare(other.name) ||
        other.processes.length - one.processes.length,
    );
}

/** Those that own data are said in one word where all of them are meant. */
function namesOf(processes: readonly string[]): string {
  const isService = (name: string) =>
    serviceNames.some((service) => service === name);
  const all = serviceNames.every((name) => processes.includes(name));
  const named = processes.filter((name) => !all || !isService(name));
  return [...(all ? ["the eight services"] : []), ...named].join(", ");
}

const variables = Object.entries(declaredEnvironments).flatMap(
  ([process, config]) => variablesOf(process, config),
);

const neededBy = (process: string): string =>
  variables
    .filter(
      ({ processes, unless }) => processes[0] === process && unless === needed,
    )
    .map(({ name }) => code(name))
    .join(", ");

const needs = Map.groupBy(Object.keys(declaredEnvironments), neededBy);

await generatePage(
  "docs/reference/environment.md",
  `# Environment variables

Made from the configuration of each process by \`npm run docs\`. A process does not start when a variable is missing or malformed: it names
the variable, never its value. An empty one counts as missing.

The eight services are ${serviceNames.slice(0, -1).join(", ")} and ${serviceNames.at(-1) ?? ""}; \`all-in-one\` is \`npm start\`, \`start:kafka\`
\`npm run start:kafka\`, \`ops\` \`npm run ops\`. The jobs are \`migrations\` (\`npm run db:migrate\`), \`topics\` (\`npm run topics:create\`) and
\`demo-shop\`. \`start:kafka\` hands on what it is told to the processes that it starts.

Beside these, \`NODE_ENV=production\`, which every image has, refuses what is for tests, \`SAGA_TIME_SCALE\` other than 1 and [crash points](../reliability.md#how-it-is-tested),
and secrets that stand below as defaults: there they have to be given.

Settings of the server may stand in a \`DATABASE_URL\` (\`?options=-c%20statement_timeout=7s\`): services take what it names, and keep the others that
they ask for themselves: limits of time, and plans by index.

## What must be given

${table(
  ["Processes", "Need"],
  [...needs].map(([names, processes]) => [
    namesOf(processes),
    names === "" ? "nothing" : names,
  ]),
)}

## All of them

${table(
  ["Variable", "Value", "Default", "Meaning", "Processes"],
  merged(variables).map(({ name, value, unless, meaning, processes }) => [
    code(name),
    value,
    unless,
    meaning,
    namesOf(processes),
  ]),
)}
`,
);
