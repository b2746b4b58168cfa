import type { Writable } from "node:stream";
import type pg from "pg";
import { isAborted } from "./is-retryable.ts";
import { queryConfig } from "./query-config.ts";
import { retrying } from "./retrying.ts";
import type { Statement, Transact, Tx } from "./tx.ts";

/** Runs work in transactions of the pool, again while `isRetryable` says so. */
export const transactionsOf =
  (pool: pg.Pool): Transact =>
  async (work) => {
    const lastTry: Ending = { givenUp: [] };
    try {
      return await retrying(async () => {
        try {
          return await once(pool, work, optimistic, lastTry);
        } catch (error) {
          if (!(error instanceof RowWasThere)) throw error;
          return once(pool, work, asWritten, lastTry);
        }
      });
    } catch (error) {
      for (const callback of lastTry.givenUp) callback();
      throw error;
    }
  };

/** Whom to tell that the last try has failed; each try begins it anew. */
type Ending = { givenUp: (() => void)[] };

type Variant = (statement: Statement) => Statement;
const asWritten: Variant = (statement) => statement;
const optimistic: Variant = (statement) =>
  typeof statement === "string"
    ? statement
    : (statement.optimistic ?? statement);

/** A row that an optimistic statement took for a new one. */
class RowWasThere extends Error {
  override readonly name = "RowWasThere";
}

async function once<T>(
  pool: pg.Pool,
  work: (tx: Tx) => T | Promise<T>,
  variant: Variant,
  ending: Ending,
): Promise<T> {
  ending.givenUp = [];
  const client = await pool.connect();
  const ignore = () => undefined; // a lost connection already rejects the query in hand
  client.on("error", ignore);
  const transaction = open(client, variant, ending);
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

function open(client: pg.PoolClient, variant: Variant, ending: Ending) {
  const pipeline = pipelineOf(client, variant);
  const { tx, callbacks, end } = txOn(pipeline, ending);
  const untilItsEnd = async <T>(work: (tx: Tx) => T | Promise<T>) => {
    try {
      return await work(tx);
    } finally {
      end();
    }
  };
  return {
    async run<T>(work: (tx: Tx) => T | Promise<T>): Promise<T> {
      void pipeline.send("BEGIN").catch(() => undefined);
      try {
        const value = await untilItsEnd(work);
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

/** The transaction as its work has it: once that has ended, nothing is taken any more. */
function txOn({ send }: Pipeline, ending: Ending) {
  const callbacks: (() => void)[] = [];
  let over = false;
  const tx: Tx = {
    query<Row extends object>(
      statement: Statement,
      values?: readonly unknown[],
    ) {
      if (over) return Promise.reject(isOver());
      const rows = send(statement, values).then(
        (result) => result.rows as Row[],
      );
      rows.catch(() => undefined); // the pipeline has seen it, awaited by its caller or not
      return rows;
    },
    send(statement, values) {
      if (over) throw isOver();
      void send(statement, values); // likewise
    },
    afterCommit: (callback) => void callbacks.push(callback),
    afterGivingUp: (callback) => void ending.givenUp.push(callback),
  };
  return { tx, callbacks, end: () => void (over = true) };
}

const isOver = (): Error => new Error("The transaction is over.");

type Pipeline = ReturnType<typeof pipelineOf>;

/** Sends queries without waiting for their turn, and sees the outcome of every one of them. */
function pipelineOf(client: pg.PoolClient, variant: Variant) {
  const together = writesTogether(client);
  const inFlight: Promise<unknown>[] = [];
  const failures: unknown[] = [];

  function send(
    statement: Statement,
    values?: readonly unknown[],
  ): Promise<pg.QueryResult> {
    together();
    const sent = variant(statement);
    const result = submit(client, sent, values);
    inFlight.push(
      result.catch((error: unknown) => {
        const met = sent !== statement && isUniqueViolation(error);
        failures.push(met ? new RowWasThere() : error);
      }),
    );
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

/**
 * A query behind a failed one only says that the transaction is aborted; the first failure says why. And
 * where a row was there, whatever the work made of it does not count: it is to run again.
 */
function causeOf(error: unknown, firstFailure: unknown): unknown {
  const aborted = isAborted(error) && firstFailure !== undefined;
  return aborted || firstFailure instanceof RowWasThere ? firstFailure : error;
}

const isUniqueViolation = (error: unknown): boolean =>
  codeOf(error) === "23505";

const codeOf = (error: unknown): unknown =>
  (error as { code?: unknown } | null)?.code;
