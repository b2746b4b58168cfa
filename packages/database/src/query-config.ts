import pg from "pg";
import { arrayEncoders, type ArrayEncoder } from "./array-encoders.ts";
import type { Statement } from "./tx.ts";

const { prepareValue } = (
  pg as unknown as { utils: { prepareValue(value: unknown): unknown } }
).utils;

type Encoders = readonly (ArrayEncoder | undefined)[];

const known = new WeakMap<object, Encoders>();

/** What each parameter is declared to be: `$1::uuid[]`. */
function encodersOf(statement: Exclude<Statement, string>): Encoders {
  const made = known.get(statement);
  if (made) return made;
  const encoders: (ArrayEncoder | undefined)[] = [];
  for (const [, place, type = ""] of statement.text.matchAll(
    /\$(\d+)::(\w+)\[\]/g,
  ))
    encoders[Number(place) - 1] = arrayEncoders[type];
  known.set(statement, encoders);
  return encoders;
}

/** As `pg` takes it: arrays of a declared type in binary, everything else as text. */
export const queryConfig = (
  statement: Statement,
  values: readonly unknown[] = [],
): pg.QueryConfig => {
  if (typeof statement === "string")
    return { text: statement, values: values.map(prepareValue) };
  const encoders = encodersOf(statement);
  return {
    name: statement.name,
    text: statement.text,
    values: values.map((value, place) => {
      const encode = Array.isArray(value) ? encoders[place] : undefined;
      return encode?.(value as unknown[]) ?? prepareValue(value);
    }),
  };
};
