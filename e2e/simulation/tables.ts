import type { Change } from "./database/sim-server.ts";

/** A committed row, by its columns' names. */
export type Row = Readonly<Record<string, unknown>>;

/** What is committed in every table, and everything that ever lay in an outbox. */
export class Tables {
  /** Every row that a transaction has put into an outbox, with its schema; oldest first. */
  readonly sent: { readonly schema: string; readonly row: Row }[] = [];
  readonly #rows = new Map<string, Set<object>>();

  apply(changes: readonly Change[]): void {
    for (const { schema, table, before, after } of changes) {
      const rows = this.#of(schema, table);
      if (before) rows.delete(before);
      if (!after) continue;
      rows.add(after);
      if (table === "outbox" && !before)
        this.sent.push({ schema, row: after as Row });
    }
  }

  rows(schema: string, table: string): Row[] {
    return [...this.#of(schema, table)] as Row[];
  }

  /** Which of these schemas have rows in the table. */
  count(schema: string, table: string): number {
    return this.#of(schema, table).size;
  }

  #of(schema: string, table: string): Set<object> {
    const name = `${schema}.${table}`;
    const known = this.#rows.get(name);
    if (known) return known;
    const made = new Set<object>();
    this.#rows.set(name, made);
    return made;
  }
}
