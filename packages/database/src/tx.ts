/** SQL text, or a named prepared statement that each connection parses and plans once. */
export type Statement =
  string | { readonly name: string; readonly text: string };

/** Names a hot statement; `$1`, `$2`, … stand for the values. */
export const statement = (name: string, text: string): Statement => ({
  name,
  text,
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
  /** Runs `callback` once the transaction is committed; never when it is rolled back. It must not throw. */
  afterCommit(callback: () => void): void;
};

/** Runs `work` in one transaction, again from the start when the failure is one that a retry may heal. */
export type Transact = <T>(work: (tx: Tx) => Promise<T>) => Promise<T>;
