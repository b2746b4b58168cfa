import type { TableDefinition } from "../table-definition.ts";
import type { Twin, Twins } from "../twin.ts";
import { at, ints, rowsFrom, sortedBy, texts } from "./values.ts";

export type StockRow = {
  readonly sku: string;
  readonly warehouse: string;
  readonly initial: number;
  readonly restocked: number;
  readonly available: number;
  readonly reserved: number;
  readonly sold: number;
  readonly low_stock_threshold: number;
  readonly event_sequence: number;
  readonly updated_at: number;
};

export const stock: TableDefinition<StockRow> = {
  name: "stock",
  key: ({ sku }) => sku,
  checks: {
    stock_adds_up: ({ available, reserved, sold, initial, restocked }) =>
      available + reserved + sold === initial + restocked,
    stock_never_negative: (row) =>
      row.initial >= 0 &&
      row.available >= 0 &&
      row.reserved >= 0 &&
      row.sold >= 0 &&
      row.low_stock_threshold >= 0,
  },
};

const empty = (sku: string, now: number): StockRow => ({
  sku,
  warehouse: "main",
  initial: 0,
  restocked: 0,
  available: 0,
  reserved: 0,
  sold: 0,
  low_stock_threshold: 5,
  event_sequence: 0,
  updated_at: now,
});

const load: Twin = function* (run, values) {
  const table = run.table(stock);
  const found = table.findEach(run.tx, texts(values[0]));
  const rows: object[] = [];
  for (const each of sortedBy(found, ({ row }) => row.sku)) {
    const row = yield* table.lock(run, each);
    if (row) rows.push(itemOf(row));
  }
  return rows;
};

const itemOf = ({
  sku,
  warehouse,
  available,
  reserved,
  sold,
  low_stock_threshold,
  event_sequence,
}: StockRow) => ({
  sku,
  warehouse,
  available,
  reserved,
  sold,
  lowStockThreshold: low_stock_threshold,
  sequence: event_sequence,
});

const save: Twin = function* (run, values) {
  const [skus, available] = [texts(values[0]), ints(values[1])];
  const [reserved, sold] = [ints(values[2]), ints(values[3])];
  const sequences = ints(values[4]);
  const table = run.table(stock);
  const changes = rowsFrom(skus, (index) => ({
    available: at(available, index),
    reserved: at(reserved, index),
    sold: at(sold, index),
    event_sequence: at(sequences, index),
  }));
  const found = skus.map((sku) => table.find(run.tx, sku));
  for (const [index, each] of found.entries()) {
    const more = at(changes, index);
    if (each)
      yield* table.update(run, each, (old) => ({
        ...old,
        available: old.available + more.available,
        reserved: old.reserved + more.reserved,
        sold: old.sold + more.sold,
        restocked: old.restocked + more.available + more.reserved + more.sold,
        event_sequence: more.event_sequence,
        updated_at: run.now,
      }));
  }
  return [];
};

const create: Twin = function* (run, values) {
  for (const sku of sortedBy(texts(values[0]), (sku) => sku))
    yield* run.table(stock).insertUnlessThere(run, empty(sku, run.now));
  return [];
};

const fill: Twin = function* (run, values) {
  const [skus, units] = [texts(values[0]), ints(values[1])];
  const rows = rowsFrom(skus, (index) => ({
    ...empty(at(skus, index), run.now),
    initial: at(units, index),
    available: at(units, index),
  }));
  for (const row of sortedBy(rows, ({ sku }) => sku))
    yield* run.table(stock).upsert(run, row, (old) =>
      old.initial === 0 && old.restocked === 0
        ? {
            ...old,
            initial: row.initial,
            available: old.available + row.initial,
          }
        : undefined,
    );
  return [];
};

const fillText =
  "INSERT INTO stock (sku, initial, available) SELECT sku, units, units FROM unnest($1::text[], $2::int[]) AS rows (sku, units) ORDER BY sku ON CONFLICT (sku) DO UPDATE SET initial = EXCLUDED.initial, available = stock.available + EXCLUDED.initial WHERE stock.initial = 0 AND stock.restocked = 0";

export const stockTwins: Twins = {
  "stock-load": load,
  "stock-save": save,
  "stock-create": create,
  [fillText]: fill,
};
