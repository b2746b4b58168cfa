import type { Database } from "@cartwright/database/open-database";
import { transactionsOf } from "@cartwright/database/transaction";
import type { Queryable, Statement, Tx } from "@cartwright/database/tx";
import type { PartHealth } from "@cartwright/kernel/part";
import { turns } from "@cartwright/kernel/turns";
import { SimPool, type SimClient } from "./sim-pool.ts";
import type { SimSchema } from "./sim-schema.ts";
import type { Deliver } from "./sim-session.ts";

export type ConnectOptions = {
  readonly maxConnections?: number;
  /** How answers reach the process: not at all once it is dead. */
  readonly deliver?: Deliver;
};

/**
 * What `openDatabase` gives, on a simulated server. Transactions run through the same code as the real
 * ones, pipeline and retries included; only the connection below them is simulated.
 */
export class SimDatabase implements Database {
  readonly name: string;
  readonly schema: string;
  readonly url: string;
  readonly pool: Database["pool"];
  readonly transaction: Database["transaction"];
  /** Fewer places than loops, so that they meet. */
  readonly turn = turns(2);
  readonly #connections: SimPool;

  constructor(schema: SimSchema, options: ConnectOptions) {
    this.name = `database ${schema.name}`;
    this.schema = schema.name;
    this.url = `simulated:${schema.name}`;
    this.#connections = new SimPool(schema, options);
    // The pool offers the part of pg's that transactions use.
    this.pool = this.#connections as unknown as Database["pool"];
    const transact = transactionsOf(this.pool);
    this.transaction = (work) =>
      transact((tx) => work(this.#passingValues(tx)));
  }

  async query<Row extends object>(
    statement: Statement,
    values: readonly unknown[] = [],
  ): Promise<Row[]> {
    const client = await this.#connections.connect();
    try {
      return (await client.send(statement, values)).rows as Row[];
    } finally {
      client.release(false);
    }
  }

  stats(): ReturnType<Database["stats"]> {
    return this.#connections.stats();
  }

  async start(): Promise<void> {
    await this.query("SELECT 1");
  }

  stop(): Promise<void> {
    return this.#connections.end();
  }

  async health(): Promise<PartHealth> {
    try {
      await this.start();
      return { status: "up" };
    } catch (error) {
      return { status: "failing", detail: String(error) };
    }
  }

  /** The process is gone: its transactions roll back, nothing of what it waits for ever comes. */
  kill(): void {
    this.#connections.kill();
  }

  /** Hands the values over beside the statement: pg's text form of them would only be parsed again. */
  #passingValues(tx: Tx): Tx {
    const query: Queryable["query"] = (statement, values = []) =>
      this.#connections.passing(values, () => tx.query(statement));
    return {
      query,
      send: (statement, values = []) =>
        this.#connections.passing(values, () => tx.send(statement)),
      afterCommit: (callback) => tx.afterCommit(callback),
      afterGivingUp: (callback) => tx.afterGivingUp(callback),
    };
  }
}

export type { SimClient };
