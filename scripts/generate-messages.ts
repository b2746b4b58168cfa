import { readFileSync } from "node:fs";
import { join } from "node:path";
import { contracts } from "@cartwright/contracts/catalogue";
import type { CommandContract, Contract } from "@cartwright/contracts/define";
import { sampleFile } from "@cartwright/contracts/sample-file";
import { topics } from "@cartwright/contracts/topics";
import { z } from "zod";
import { writePage } from "./markdown.ts";

/** Writes `docs/messages.md` from the contracts; with `--check` only says whether it is current. */
const root = join(import.meta.dirname, "..");

type Shape = {
  type?: string;
  format?: string;
  enum?: string[];
  items?: Shape;
  properties?: Record<string, Shape>;
  additionalProperties?: Shape | boolean;
  required?: string[];
};

const isCommand = (contract: Contract): contract is CommandContract =>
  contract.kind === "command";

function describe(shape: Shape): string {
  if (shape.enum) return shape.enum.map((value) => `\`${value}\``).join(" or ");
  if (shape.type === "array") return `list of ${describe(shape.items ?? {})}`;
  if (shape.type === "object" && shape.properties) {
    return `{ ${Object.entries(shape.properties)
      .map(
        ([name, inner]) =>
          `${name}${optional(shape, name)}: ${describe(inner)}`,
      )
      .join(", ")} }`;
  }
  if (shape.type === "object") return "string by string";
  if (shape.format === "date-time") return "time";
  return shape.format ?? shape.type ?? "any";
}

const optional = ({ required = [] }: Shape, name: string) =>
  required.includes(name) ? "" : "?";

function settledBy(contract: Contract): string[] {
  if (!isCommand(contract)) return [];
  const refused = contract.refused
    ? `, refused by \`${contract.refused.type}\``
    : ", never refused";
  return [`Answered by \`${contract.done.type}\`${refused}.`, ""];
}

function section(contract: Contract): string {
  const shape = z.toJSONSchema(contract.schema, { io: "input" }) as Shape;
  const sample = JSON.parse(
    readFileSync(
      join(root, "packages/contracts/src/samples", sampleFile(contract.type)),
      "utf8",
    ),
  ) as { subject: string };
  const fields = Object.entries(shape.properties ?? {}).map(
    ([name, field]) =>
      `| \`${name}\`${optional(shape, name)} | ${describe(field)} |`,
  );
  return [
    `### ${contract.type}`,
    "",
    `${isCommand(contract) ? "A command" : "An event"} about \`${sample.subject.split("/")[0] ?? ""}/…\` ([sample](../packages/contracts/src/samples/${sampleFile(contract.type)})).`,
    "",
    ...settledBy(contract),
    "| field | value |",
    "| --- | --- |",
    ...fields,
  ].join("\n");
}

const page = `${[
  "# Messages",
  "Generated from `packages/contracts` by `npm run docs`. A field marked `?` may be absent.",
  ...topics.flatMap((topic) => [
    `## ${topic}`,
    ...contracts.filter((contract) => contract.topic === topic).map(section),
  ]),
].join("\n\n")}\n`;

writePage("docs/messages.md", page);
