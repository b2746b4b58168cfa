import type { Statement, Tx } from "@cartwright/database/tx";
import type { Duration } from "@cartwright/kernel/duration";

/** The work of a transaction has not come to its end in time. */
export class TooLate extends Error {
  override readonly name = "TooLate";
  /** Whether the database had not answered yet; else the work was busy with something of its own. */
  readonly inDatabase: boolean;

  constructor(limit: Duration, inDatabase: boolean) {
    super(
      inDatabase
        ? `The database had not answered the handlers after ${limit} ms.`
        : `The handlers had not come to an end after ${limit} ms, and were not waiting for the database.`,
    );
    this.inDatabase = inDatabase;
  }
}

/**
 * Runs `work`, or rejects with `TooLate` when `limit` has passed: the transaction is rolled back, and
 * what the work does with it afterwards is refused.
 */
export async function inTime<T>(
  tx: Tx,
  limit: Duration,
  work: (tx: Tx) => Promise<T>,
): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const watched = watch(tx);
  const timer = setTimeout(() => {
    reject(new TooLate(limit, watched.unanswered() > 0));
  }, limit);
  try {
    return await Promise.race([work(watched.tx), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The transaction, with a count of the queries that are not answered yet. */
function watch(tx: Tx): { readonly tx: Tx; unanswered(): number } {
  let unanswered = 0;
  const answered = () => void (unanswered -= 1);
  return {
    unanswered: () => unanswered,
    tx: {
      query<Row extends object>(
        statement: Statement,
        values?: readonly unknown[],
      ) {
        unanswered += 1;
        const rows = tx.query<Row>(statement, values);
        rows.then(answered, answered);
        return rows;
      },
      send: (statement, values) => {
        tx.send(statement, values);
      },
      afterCommit: (callback) => {
        tx.afterCommit(callback);
      },
      afterGivingUp: (callback) => {
        tx.afterGivingUp(callback);
      },
    },
  };
}
