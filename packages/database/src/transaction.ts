import type { Writable } from "node:stream";
import type pg from "pg";
import { queryConfig } from "./query-config.ts";
import { retrying } from "./retrying.ts";
import type { Statement, Transact, Tx } from "./tx.ts";

/** Runs work in transactions of the pool, again while `isRetryable` says so. */
export const transactionsOf =
  (pool: pg.Pool): Transact =>
  (work) =>
    retrying(() => once(pool, work));

async function once<T>(
  pool: pg.Pool,
  work: (tx: Tx) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  const ignore = () => undefined; // a lost connection already rejects the query in hand
  client.on("error", ignore);
  const transaction = open(client);
  let broken = true;
  try {
    const result = await transaction.run(work);
    broken = false;
    return result;
  } catch (error) {
    broken = !(await transaction.rollback());
    throw error;
  } finally {
    client.removeListener("error", ignore);
    client.release(broken);
  }
}

function open(client: pg.PoolClient) {
  const pipeline = pipelineOf(client);
  const callbacks: (() => void)[] = [];
  let over = false;

  const tx: Tx = {
    query<Row extends object>(
      statement: Statement,
      values?: readonly unknown[],
    ) {
      if (over) return Promise.reject(new Error("The transaction is over."));
      const rows = pipeline
        .send(statement, values)
        .then((result) => result.rows as Row[]);
      rows.catch(() => undefined); // the pipeline has seen it, awaited by its caller or not
      return rows;
    },
    afterCommit: (callback) => void callbacks.push(callback),
  };

  return {
    async run<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
      void pipeline.send("BEGIN").catch(() => undefined);
      try {
        const value = await work(tx).finally(() => (over = true));
        await pipeline.commit();
        for (const callback of callbacks) callback();
        return value;
      } catch (error) {
        await pipeline.settled();
        throw causeOf(error, pipeline.firstFailure());
      }
    },

    /** Whether the connection can be used again. */
    rollback: () =>
      client.query("ROLLBACK").then(
        () => true,
        () => false,
      ),
  };
}

/** Sends queries without waiting for their turn, and sees the outcome of every one of them. */
function pipelineOf(client: pg.PoolClient) {
  const together = writesTogether(client);
  const inFlight: Promise<unknown>[] = [];
  const failures: unknown[] = [];

  function send(
    statement: Statement,
    values?: readonly unknown[],
  ): Promise<pg.QueryResult> {
    together();
    const result = submit(client, statement, values);
    inFlight.push(result.catch((error: unknown) => failures.push(error)));
    return result;
  }

  /** COMMIT follows the last queries without waiting for them: when one fails the server rolls back. */
  async function commit(): Promise<void> {
    if (failures.length > 0) throw failures[0];
    const committed = send("COMMIT");
    await Promise.all(inFlight);
    if (failures.length > 0) throw failures[0];
    if ((await committed).command !== "COMMIT") {
      throw new Error("The transaction was rolled back by the server.");
    }
  }

  return {
    send,
    commit,
    settled: () => Promise.all(inFlight),
    firstFailure: () => failures[0],
  };
}

/**
 * Statements that are sent in one turn of the event loop leave in one write: a write to the socket
 * costs more than most statements. Call it before each.
 */
function writesTogether(client: pg.PoolClient): () => void {
  const { stream } = (client as unknown as { connection: { stream: Writable } })
    .connection;
  let corked = false;
  return () => {
    if (corked) return;
    corked = true;
    stream.cork();
    process.nextTick(() => {
      corked = false;
      stream.uncork();
    });
  };
}

/** Sends at once; what goes wrong, be it before the sending, is a rejection. */
async function submit(
  client: pg.PoolClient,
  statement: Statement,
  values?: readonly unknown[],
): Promise<pg.QueryResult> {
  // Here rather than in pg, which would find an unusable value only after a COMMIT was sent behind it.
  return client.query(queryConfig(statement, values));
}

/** A query behind a failed one only says that the transaction is aborted; the first failure says why. */
function causeOf(error: unknown, firstFailure: unknown): unknown {
  const aborted = (error as { code?: unknown } | null)?.code === "25P02";
  return aborted && firstFailure !== undefined ? firstFailure : error;
}
