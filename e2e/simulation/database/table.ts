import { affectedTwice, uniqueViolation } from "./sql-error.ts";
import { violationOf, type TableDefinition } from "./table-definition.ts";
import type { SimTransaction } from "./sim-transaction.ts";
import { versionFor, type Found, type Slot, type Version } from "./slot.ts";
import { tableIndexes, type TableIndexes } from "./table-indexes.ts";

/** A statement in the making: it yields the slot whose owner it must wait for. */
export type Waiting<T> = Generator<Slot, T, void>;

/** What a statement acts for. */
export type Actor = {
  readonly tx: SimTransaction;
  /** What the statement has written already, which it must not write again. */
  readonly written: Set<Slot>;
  /** Inserts as an optimistic statement, for which each row must be new. */
  readonly optimistic?: boolean;
};

/**
 * A table in memory under the rules of read committed: nobody sees what is not committed but its
 * owner, writers of one row or one unique key wait for each other. A statement finds its rows first,
 * which is its snapshot, then locks and writes them one by one.
 */
export class Table<Row extends object> {
  readonly name: string;
  readonly #definition: TableDefinition<Row>;
  readonly #slots = new Map<string, Slot<Row>>();
  readonly #indexes: TableIndexes<Row>;
  #lineage = 0;
  #identity = 0;

  constructor(definition: TableDefinition<Row>) {
    this.name = definition.name;
    this.#definition = definition;
    this.#indexes = tableIndexes(definition);
  }

  /** The next value of its identity column; never given back, whatever becomes of the row. */
  nextIdentity(): number {
    return (this.#identity += 1);
  }

  find(tx: SimTransaction | undefined, key: string): Found<Row> | undefined {
    const slot = this.#slots.get(key);
    return slot && seenBy(tx, slot);
  }

  /** Those of these keys that are there, each once, in the order given. */
  findEach(tx: SimTransaction, keys: Iterable<string>): Found<Row>[] {
    return [...new Set(keys)].flatMap((key) => this.find(tx, key) ?? []);
  }

  /** By a secondary index. */
  findBy(tx: SimTransaction, index: string, value: string): Found<Row>[] {
    const found: Found<Row>[] = [];
    for (const slot of this.#indexes.at(index, value)) {
      const one = seenBy(tx, slot);
      if (one && this.#indexes.keyOf(index, one.row) === value) found.push(one);
    }
    return found;
  }

  /** Every row that `tx` sees, in the order in which their keys were first inserted. */
  *scan(tx: SimTransaction | undefined): Generator<Found<Row>, void, void> {
    for (const slot of this.#slots.values()) {
      const found = seenBy(tx, slot);
      if (found) yield found;
    }
  }

  /** Locks the row and returns it as it is then; undefined when it was deleted meanwhile. */
  *lock(
    { tx }: Actor,
    { slot, lineage }: Found<Row>,
  ): Waiting<Row | undefined> {
    while (slot.owner !== undefined && slot.owner !== tx) yield slot;
    const version = versionFor(slot, tx);
    if (version?.lineage !== lineage) return undefined;
    tx.take(slot);
    return version.row;
  }

  /** A foreign key's check: waits for whoever has locked the row, and keeps nothing. */
  *exists({ tx }: Actor, key: string): Waiting<boolean> {
    for (;;) {
      const slot = this.#slots.get(key);
      if (slot === undefined || versionFor(slot, tx) === undefined)
        return false;
      if (slot.owner === undefined || slot.owner === tx) return true;
      yield slot;
    }
  }

  /** Inserts, or throws 23505. */
  *insert(actor: Actor, row: Row): Waiting<void> {
    this.#check(row);
    const met = yield* this.#conflictOf(actor, row);
    if (met) throw uniqueViolation(met.constraint);
    this.#place(actor, row);
  }

  /** ON CONFLICT DO NOTHING, or of the primary key alone; whether it was inserted. */
  *insertUnlessThere(
    actor: Actor,
    row: Row,
    target?: "primary key",
  ): Waiting<boolean> {
    this.#check(row);
    const met = yield* this.#conflictOf(actor, row);
    const isPassedOver =
      target === undefined || met?.constraint === this.#indexes.primaryKey;
    if (met && (actor.optimistic === true || !isPassedOver))
      throw uniqueViolation(met.constraint);
    if (!met) this.#place(actor, row);
    return !met;
  }

  /**
   * ON CONFLICT (primary key) DO UPDATE. `merge` is given the row that is there, and returns undefined
   * where the WHERE says no. Returns the row as written, if it was.
   */
  *upsert(
    actor: Actor,
    row: Row,
    merge: (old: Row) => Row | undefined,
  ): Waiting<Row | undefined> {
    this.#check(row);
    for (;;) {
      const met = yield* this.#conflictOf(actor, row);
      if (!met) {
        this.#place(actor, row);
        return row;
      }
      if (met.constraint !== this.#indexes.primaryKey)
        throw uniqueViolation(met.constraint);
      if (actor.written.has(met.slot)) throw affectedTwice();
      const found = seenBy(actor.tx, met.slot);
      const old = found && (yield* this.lock(actor, found));
      if (old === undefined) continue;
      const merged = merge(old);
      if (merged !== undefined) this.write(actor, met.slot, merged);
      return merged;
    }
  }

  /** Locks the row and replaces it by what `change` makes of it; once in a statement. Whether it did. */
  *update(
    actor: Actor,
    found: Found<Row>,
    change: (row: Row) => Row | undefined,
  ): Waiting<Row | undefined> {
    if (actor.written.has(found.slot)) return undefined;
    const old = yield* this.lock(actor, found);
    const row = old && change(old);
    if (row !== undefined) this.write(actor, found.slot, row);
    return row;
  }

  /** Locks and deletes; the row as it was then, undefined when another was faster. */
  *delete(actor: Actor, found: Found<Row>): Waiting<Row | undefined> {
    const old = yield* this.lock(actor, found);
    if (old !== undefined) this.#set(actor, found.slot, undefined);
    return old;
  }

  /** Replaces a row that is locked already. Its unique keys stay as they are. */
  write(actor: Actor, slot: Slot<Row>, row: Row): void {
    this.#check(row);
    const lineage = versionFor(slot, actor.tx)?.lineage ?? 0;
    this.#set(actor, slot, { row, lineage });
  }

  /** The end of the slot's owner. */
  settle(slot: Slot<Row>, outcome: "commit" | "rollback"): void {
    if (slot.changed) {
      const dropped = outcome === "commit" ? slot.committed : slot.pending;
      if (outcome === "commit") slot.committed = slot.pending;
      slot.pending = undefined;
      slot.changed = false;
      this.#indexes.drop(slot, dropped?.row, slot.committed?.row);
    }
    if (slot.committed === undefined && this.#slots.get(slot.key) === slot)
      this.#slots.delete(slot.key);
  }

  #check(row: Row): void {
    const violation = violationOf(this.#definition, row);
    if (violation) throw violation;
  }

  #place(actor: Actor, row: Row): void {
    const slot = this.#slotFor(this.#definition.key(row));
    this.#set(actor, slot, { row, lineage: (this.#lineage += 1) });
  }

  #slotFor(key: string): Slot<Row> {
    const there = this.#slots.get(key);
    if (there) return there;
    const slot: Slot<Row> = {
      key,
      table: this,
      committed: undefined,
      pending: undefined,
      changed: false,
      owner: undefined,
      waiters: [],
    };
    this.#slots.set(key, slot);
    return slot;
  }

  #set(
    { tx, written }: Actor,
    slot: Slot<Row>,
    version: Version<Row> | undefined,
  ): void {
    const dropped = slot.changed ? slot.pending : undefined;
    tx.take(slot);
    written.add(slot);
    slot.pending = version;
    slot.changed = true;
    this.#indexes.add(slot, version?.row);
    this.#indexes.drop(slot, dropped?.row, slot.committed?.row, version?.row);
  }

  /** The row that stands in the way of `row`, after waiting for whoever has not decided about one. */
  *#conflictOf({ tx }: Actor, row: Row): Waiting<Conflict<Row> | undefined> {
    const key = this.#definition.key(row);
    search: for (;;) {
      const slot = this.#slots.get(key);
      if (slot !== undefined) {
        if (isUndecided(slot, tx)) {
          yield slot;
          continue;
        }
        if (versionFor(slot, tx) !== undefined)
          return { slot, constraint: this.#indexes.primaryKey };
      }
      for (const rival of this.#indexes.rivalsOf(row)) {
        if (isUndecided(rival.slot, tx)) {
          yield rival.slot;
          continue search;
        }
        if (versionFor(rival.slot, tx) !== undefined) return rival;
      }
      return undefined;
    }
  }
}

/** Somebody else has inserted, changed or deleted the row, and may yet take it back. */
const isUndecided = <Row>(slot: Slot<Row>, tx: SimTransaction): boolean =>
  slot.changed && slot.owner !== tx;

type Conflict<Row> = {
  readonly slot: Slot<Row>;
  readonly constraint: string;
};

function seenBy<Row>(
  tx: SimTransaction | undefined,
  slot: Slot<Row>,
): Found<Row> | undefined {
  const version = versionFor(slot, tx);
  return version && { slot, ...version };
}
