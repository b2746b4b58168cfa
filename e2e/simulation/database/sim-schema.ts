import type { Statement } from "@cartwright/database/tx";
import type { Sight } from "@cartwright/messaging/outbox-floor";
import type { SimServer } from "./sim-server.ts";
import { SimTransaction } from "./sim-transaction.ts";
import { Table } from "./table.ts";
import type { TableDefinition } from "./table-definition.ts";
import type { Run, Twin } from "./twin.ts";

/** One service's tables and the transactions on them. */
export class SimSchema {
  readonly name: string;
  readonly server: SimServer;
  readonly #tables = new Map<string, Table<object>>();
  /** By the number that each got when it began. */
  readonly #open = new Map<SimTransaction, number>();
  #begun = 0;

  constructor(name: string, server: SimServer) {
    this.name = name;
    this.server = server;
  }

  table<Row extends object>(definition: TableDefinition<Row>): Table<Row> {
    const there = this.#tables.get(definition.name);
    // A definition is the only one of its name, so the rows are its own.
    if (there) return there as unknown as Table<Row>;
    const table = new Table(definition);
    this.#tables.set(definition.name, table as unknown as Table<object>);
    this.#fill(table, definition);
    return table;
  }

  /** What is committed in every table that was ever asked for. */
  contents(): (readonly [table: string, rows: readonly object[]])[] {
    return [...this.#tables].map(([name, table]) => [
      name,
      [...table.scan(undefined)].map(({ row }) => row),
    ]);
  }

  begin(): SimTransaction {
    const tx = new SimTransaction(this.name, this.server.kernel.now());
    this.#open.set(tx, (this.#begun += 1));
    return tx;
  }

  /** As the transaction's snapshot and its own number say. */
  sightOf(tx: SimTransaction): Sight {
    const numbers = [...this.#open.values()];
    return {
      endedBefore: Math.min(...numbers, this.#begun + 1),
      begunBefore: this.#open.get(tx) ?? null,
    };
  }

  end(tx: SimTransaction, outcome: "commit" | "rollback"): void {
    if (outcome === "commit") this.server.report(tx);
    this.#open.delete(tx);
    const wakened = tx.end(outcome);
    if (wakened.length === 0) return;
    this.server.kernel.schedule(0, () => {
      for (const wake of wakened) wake();
    });
  }

  runFor(tx: SimTransaction): Run {
    return {
      tx,
      written: new Set(),
      now: tx.startedAt,
      clock: () => this.server.kernel.now(),
      table: (definition) => this.table(definition),
      sight: () => this.sightOf(tx),
    };
  }

  twinOf(statement: Statement): Twin {
    return this.server.twinOf(statement);
  }

  #fill<Row extends object>(
    table: Table<Row>,
    { contents = [] }: TableDefinition<Row>,
  ): void {
    const tx = this.begin();
    for (const row of contents)
      table.insert({ tx, written: new Set() }, row).next();
    this.#open.delete(tx);
    tx.end("commit");
  }
}
