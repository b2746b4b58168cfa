import type { Slot } from "./slot.ts";
import type { TableDefinition } from "./table-definition.ts";

/** The secondary indexes and unique keys of a table. An entry stands for any version, committed or not. */
export type TableIndexes<Row extends object> = {
  /** The name of the primary key's constraint. */
  readonly primaryKey: string;
  keyOf(index: string, row: Row): string | undefined;
  at(index: string, value: string): Iterable<Slot<Row>>;
  /** The other slots with one of the row's secondary unique keys. */
  rivalsOf(row: Row): Iterable<{
    readonly slot: Slot<Row>;
    readonly constraint: string;
  }>;
  add(slot: Slot<Row>, row: Row | undefined): void;
  /** Takes `row`'s entries away, except those that one of the remaining versions still has. */
  drop(
    slot: Slot<Row>,
    row: Row | undefined,
    ...remaining: readonly (Row | undefined)[]
  ): void;
};

type Index<Row> = {
  readonly name: string;
  readonly unique: boolean;
  readonly keyOf: (row: Row) => string | undefined;
  readonly entries: Map<string, Set<Slot<Row>>>;
};

export function tableIndexes<Row extends object>({
  name,
  indexes = {},
  unique = {},
}: TableDefinition<Row>): TableIndexes<Row> {
  const all: Index<Row>[] = [
    ...Object.entries(unique).map(([index, keyOf]) =>
      anIndex<Row>(index, true, keyOf),
    ),
    ...Object.entries(indexes).map(([index, keyOf]) =>
      anIndex<Row>(index, false, keyOf),
    ),
  ];
  const uniques = all.filter((index) => index.unique);
  const byName = new Map(all.map((index) => [index.name, index]));
  const named = (index: string): Index<Row> => {
    const found = byName.get(index);
    if (!found) throw new Error(`The table ${name} has no index ${index}.`);
    return found;
  };
  return {
    primaryKey: `${name}_pkey`,
    keyOf: (index, row) => named(index).keyOf(row),
    at: (index, value) => named(index).entries.get(value) ?? [],
    rivalsOf: (row) =>
      uniques.flatMap((index) => {
        const slots = index.entries.get(index.keyOf(row) ?? "") ?? [];
        return [...slots].map((slot) => ({ slot, constraint: index.name }));
      }),
    add(slot, row) {
      if (row !== undefined) for (const index of all) addTo(index, slot, row);
    },
    drop(slot, row, ...remaining) {
      if (row === undefined || all.length === 0) return;
      for (const index of all) dropFrom(index, slot, row, remaining);
    },
  };
}

const anIndex = <Row>(
  name: string,
  unique: boolean,
  keyOf: (row: Row) => string | undefined,
): Index<Row> => ({ name, unique, keyOf, entries: new Map() });

function addTo<Row>(index: Index<Row>, slot: Slot<Row>, row: Row): void {
  const key = index.keyOf(row);
  if (key === undefined) return;
  const slots = index.entries.get(key);
  if (slots) slots.add(slot);
  else index.entries.set(key, new Set([slot]));
}

function dropFrom<Row>(
  index: Index<Row>,
  slot: Slot<Row>,
  row: Row,
  remaining: readonly (Row | undefined)[],
): void {
  const key = index.keyOf(row);
  if (key === undefined) return;
  const stays = remaining.some(
    (other) => other !== undefined && index.keyOf(other) === key,
  );
  if (stays) return;
  const slots = index.entries.get(key);
  slots?.delete(slot);
  if (slots?.size === 0) index.entries.delete(key);
}
