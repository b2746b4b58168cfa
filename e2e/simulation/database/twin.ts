import type { Actor, Table, Waiting } from "./table.ts";
import type { Sight } from "@cartwright/messaging/outbox-floor";
import type { TableDefinition } from "./table-definition.ts";

/** One execution of a statement. */
export type Run = Actor & {
  /** `now()`: when the transaction began. */
  readonly now: number;
  /** `clock_timestamp()`. */
  readonly clock: () => number;
  /** Which transactions of the service it can see. */
  readonly sight: () => Sight;
  /** The service's own table. */
  table<Row extends object>(definition: TableDefinition<Row>): Table<Row>;
};

/** What a named statement does, as a function of its values: returns its rows. */
export type Twin = (
  run: Run,
  values: readonly unknown[],
) => Waiting<readonly object[]>;

/** What the statement does before it looks for rows that are there. */
export const optimistic =
  (twin: Twin): Twin =>
  (run, values) =>
    twin({ ...run, optimistic: true }, values);

/** Twins by the statement's name, or by its text when it has none. */
export type Twins = Readonly<Record<string, Twin>>;
