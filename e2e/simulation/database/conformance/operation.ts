import type { Tx } from "@cartwright/database/tx";
import type { Draw } from "./draw.ts";

/** One call of a store, the same in both worlds. */
export type Operation = {
  readonly name: string;
  readonly args: unknown;
  run(tx: Tx): unknown;
};

/** Draws a call with its arguments. */
export type OperationKind = (draw: Draw) => Operation;

/** The store's own types are stricter than what a trace may ask of it. */
export const operation = <Args>(
  name: string,
  args: Args,
  run: (tx: Tx, args: Args) => unknown,
): Operation => ({ name, args, run: (tx) => run(tx, args) });
