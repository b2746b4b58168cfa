import { checkViolation, type SqlError } from "./sql-error.ts";

/** A table as its migrations have it. Columns have their names in SQL; times are epoch milliseconds, JSON is text. */
export type TableDefinition<Row extends object> = {
  readonly name: string;
  /** The primary key; `keyOf` joins several columns. */
  readonly key: (row: Row) => string;
  /** Unique constraints beside the primary key, whose columns are never updated. */
  readonly unique?: Readonly<Record<string, (row: Row) => string>>;
  /** Secondary indexes; a row whose value is undefined is not in it. */
  readonly indexes?: Readonly<Record<string, (row: Row) => string | undefined>>;
  /** By the constraint's name; false is a violation. */
  readonly checks?: Readonly<Record<string, (row: Row) => boolean>>;
  /** Rows that the migrations insert. */
  readonly contents?: readonly Row[];
};

export const keyOf = (...columns: readonly (string | number)[]): string =>
  columns.join("\u0000");

/** What is wrong with the row by itself. */
export function violationOf<Row extends object>(
  { name, checks }: TableDefinition<Row>,
  row: Row,
): SqlError | undefined {
  for (const constraint in checks) {
    if (checks[constraint]?.(row) === false)
      return checkViolation(name, constraint);
  }
  return undefined;
}
