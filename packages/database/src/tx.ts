import type { Turn } from "@cartwright/kernel/turns";

/** SQL text, or a named prepared statement that each connection parses and plans once. */
export type Statement = string | NamedStatement;

export type NamedStatement = {
  readonly name: string;
  readonly text: string;
  /** The same for rows that are all new: fails with 23505 where one of them is there already. */
  readonly optimistic?: Pick<NamedStatement, "name" | "text">;
};

/** Names a hot statement; `$1`, `$2`, … stand for the values. */
export const statement = (name: string, text: string): NamedStatement => ({
  name,
  text,
});

/**
 * Names a hot insert that passes over rows that are there already, which they hardly ever are. Looking
 * for them is a third of what a row costs: so transactions insert without it first, and only where a
 * row is met are they run again with it. `text` is given the clause, or nothing in its place. With a
 * `target`, `(id)`, only a row of the same key is passed over: where another rule of the table would be
 * broken the insert fails, as it has to.
 */
export const insertUnlessThere = (
  name: string,
  text: (onConflict: string) => string,
  target = "",
): NamedStatement => ({
  ...statement(name, text(`ON CONFLICT ${target} DO NOTHING`)),
  optimistic: statement(`${name}-optimistic`, text("")),
});

/**
 * Names a hot insert of rows that its work has looked for and not found. Where somebody else has inserted one meanwhile, the
 * work is run again, once, and finds it. It is so too where another unique rule of the table is broken: then it fails for good.
 */
export const insertNotFound = (name: string, text: string): NamedStatement => ({
  ...statement(name, text),
  optimistic: statement(name, text),
});

export type Queryable = {
  /** The rows. Unqualified table names mean the service's own schema. */
  query<Row extends object = Record<string, unknown>>(
    statement: Statement,
    values?: readonly unknown[],
  ): Promise<Row[]>;
};

/** An open transaction. Several queries may be issued without awaiting each: they are pipelined, in order. */
export type Tx = Queryable & {
  /**
   * A write whose answer nobody reads: it leaves at once, its answer comes with that of the next query or of the COMMIT, and so
   * it costs no round trip. Where it fails, so does the transaction, with its error.
   */
  send(statement: Statement, values?: readonly unknown[]): void;
  /** Runs `callback` once the transaction is committed; never when it is rolled back. It must not throw. */
  afterCommit(callback: () => void): void;
  /** Runs `callback` once the work has failed for good: not where it is run again. It must not throw. */
  afterGivingUp(callback: () => void): void;
};

/**
 * Runs `work` in one transaction, again from the start when the failure is one that a retry may heal. Work that asks anything
 * has to return a promise of its end: behind it comes the COMMIT.
 */
export type Transact = <T>(work: (tx: Tx) => T | Promise<T>) => Promise<T>;

/** A database as those need it who do their work in batches. */
export type BatchDatabase = Queryable & {
  readonly transaction: Transact;
  /** A batch is gathered and done within a turn. */
  readonly turn: Turn;
};
