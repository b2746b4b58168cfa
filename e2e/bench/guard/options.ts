import { parseArgs } from "node:util";
import type { Subject } from "../options.ts";

/** Says in a sentence what is wrong with a flag. */
export class BadGuardFlag extends Error {}

const everySubject: readonly Subject[] = [
  { mode: "embedded", processes: 1 },
  { mode: "kafka", processes: 1 },
];

/** Reads the flags of the guard; throws `BadGuardFlag` at one that is unknown or makes no sense. */
export function guardOptions(args: readonly string[]): {
  readonly subjects: readonly Subject[];
  readonly record: boolean;
} {
  const { mode, record } = read(args);
  const subjects = everySubject.filter(
    (one) => mode === undefined || one.mode === mode,
  );
  if (subjects.length === 0)
    throw new BadGuardFlag(`--mode is embedded or kafka, not ${mode}.`);
  return { subjects, record };
}

function read(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        mode: { type: "string" },
        record: { type: "boolean", default: false },
      },
    }).values;
  } catch (error) {
    throw new BadGuardFlag(
      error instanceof Error ? error.message : String(error),
    );
  }
}
