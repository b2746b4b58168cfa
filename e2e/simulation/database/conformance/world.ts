import type { Statement, Tx } from "@cartwright/database/tx";
import type { Operation } from "./operation.ts";

/** What became of a call: its result or the error's code. */
export type Outcome = { readonly result: unknown } | { readonly code: string };

/** A connection that a trace acts on, and the one call it may have under way. */
export type Session = {
  readonly tx: Tx;
  /** BEGIN, COMMIT or ROLLBACK: which of them it came to. */
  control(command: string): Promise<unknown>;
};

/** A database of one service, to be filled and read by traces. */
export type World = {
  readonly sessions: readonly Session[];
  /** Until each session whose call is `pending` waits for a lock. `answered` is the newest of the calls. */
  settle(
    pending: () => readonly number[],
    answered: Promise<unknown>,
  ): Promise<void>;
  /** The rows of every table, as comparable text. */
  contents(): Promise<ReadonlyMap<string, readonly string[]>>;
  /** Ends what is under way, and empties all tables. */
  reset(): Promise<void>;
};

export const outcomeOf = (call: Promise<unknown>): Promise<Outcome> =>
  call.then(
    (result) => ({ result: plain(result) }),
    (error: unknown) => ({ code: codeOf(error) }),
  );

/** A call is over when all that it has sent is answered, not with the first failure. */
export async function perform(
  { tx }: Session,
  operation: Operation,
): Promise<Outcome> {
  const sent: Promise<unknown>[] = [];
  const query = <Row extends object>(
    statement: Statement,
    values?: readonly unknown[],
  ) => {
    const rows = tx.query<Row>(statement, values);
    sent.push(rows);
    return rows;
  };
  const written: Promise<unknown>[] = [];
  const send: Tx["send"] = (statement, values) => {
    const rows = query(statement, values);
    rows.catch(() => undefined);
    written.push(rows);
  };
  const run = async () => {
    const result = await operation.run({ ...tx, query, send });
    await Promise.all(written);
    return result;
  };
  const outcome = await outcomeOf(run());
  await Promise.allSettled(sent);
  return outcome;
}

function codeOf(error: unknown): string {
  const { code } = error as { code?: unknown };
  return typeof code === "string" ? code : String(error);
}

/** Without what may differ: times, the order of sets and of keys. */
export function plain(value: unknown): unknown {
  if (value instanceof Date) return "a time";
  if (value instanceof Set) return [...value].map(plain).map(text).sort();
  if (value instanceof Map)
    return [...value].map((entry) => text(plain(entry))).sort();
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value ?? null;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([key, inner]) => [key, plain(inner)]),
  );
}

export const text = (value: unknown): string => JSON.stringify(value);

/** The part of a client that traces use, real or simulated. */
export type ClientLike = {
  query(statement: Statement, values: readonly unknown[]): Promise<object[]>;
};

export const txOn = ({ query }: ClientLike): Tx => ({
  query: <Row extends object>(
    statement: Statement,
    values: readonly unknown[] = [],
  ) => query(statement, values) as Promise<Row[]>,
  send: (statement, values = []) =>
    void query(statement, values).catch(() => undefined),
  afterCommit: () => undefined,
  afterGivingUp: () => undefined,
});
