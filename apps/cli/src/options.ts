import { parseArgs } from "node:util";
import { UsageError } from "./failures.ts";

/** Every option of every command. */
const known = {
  url: { type: "string" },
  token: { type: "string" },
  json: { type: "boolean" },
  help: { type: "boolean", short: "h" },
  status: { type: "string" },
  saga: { type: "string" },
  key: { type: "string" },
  "older-than": { type: "string" },
  cursor: { type: "string" },
  limit: { type: "string" },
  reason: { type: "string" },
  outcome: { type: "string" },
  service: { type: "string" },
  type: { type: "string" },
  cause: { type: "string" },
  "accept-gap": { type: "boolean" },
  "at-once": { type: "boolean" },
  target: { type: "string" },
  operator: { type: "string" },
  topic: { type: "string" },
  from: { type: "string" },
  to: { type: "string" },
  journal: { type: "string" },
} as const;

export type Options = ReturnType<typeof parse>["options"];
export type OptionName = keyof typeof known;

/** Those that every command takes. */
export const everywhere: readonly OptionName[] = [
  "url",
  "token",
  "json",
  "help",
];

export function parse(args: readonly string[]) {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: known,
      allowPositionals: true,
    });
    return { options: values, words: positionals };
  } catch (error) {
    // Node adds advice about positionals, which helps nobody here.
    const [sentence = ""] = (error as Error).message.split(". ");
    throw new UsageError(`${sentence}.`);
  }
}
