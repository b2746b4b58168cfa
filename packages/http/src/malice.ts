import type { Fault } from "./faults.ts";

const MAX_DEPTH = 32;
const POLLUTING_KEYS = new Set(["__proto__", "constructor", "prototype"]);

/**
 * Finds what no honest client sends and no schema should have to think of: keys that reach for an
 * object's prototype, NUL characters and halves of surrogate pairs (Postgres has no place for them),
 * bottomless nesting.
 */
export function malice(
  value: unknown,
  path = "",
  depth = 0,
): Fault | undefined {
  if (typeof value === "string") {
    return value.includes("\0") || !value.isWellFormed()
      ? { path, message: "A text must be Unicode without NUL characters." }
      : undefined;
  }
  if (typeof value !== "object" || value === null) return undefined;
  if (depth >= MAX_DEPTH) return { path, message: "Nested too deeply." };
  for (const key in value) {
    const inner = path ? `${path}.${key}` : key;
    const found = POLLUTING_KEYS.has(key)
      ? { path: inner, message: "This key is not allowed." }
      : malice((value as Record<string, unknown>)[key], inner, depth + 1);
    if (found) return found;
  }
  return undefined;
}
