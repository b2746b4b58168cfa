import type { TableDefinition } from "../table-definition.ts";
import type { Twin, Twins } from "../twin.ts";
import {
  at,
  bools,
  ints,
  orNull,
  rowsFrom,
  sortedBy,
  texts,
  uuids,
} from "./values.ts";

export type ProductRow = {
  readonly product_id: string;
  readonly sku: string;
  readonly name: string | null;
  readonly price: number | null;
  readonly currency: string | null;
  readonly deleted: boolean;
  readonly sequence: number;
};

export const products: TableDefinition<ProductRow> = {
  name: "product_snapshots",
  key: ({ product_id }) => product_id,
  indexes: { sku: ({ sku }) => sku },
};

const find: Twin = function* (run, values) {
  const table = run.table(products);
  const bySku = [...new Set(texts(values[1]))].flatMap((sku) =>
    table.findBy(run.tx, "sku", sku),
  );
  const rows = [...table.findEach(run.tx, uuids(values[0])), ...bySku]
    .map(({ row }) => row)
    .filter(
      ({ deleted, name, price }) => !deleted && name !== null && price !== null,
    );
  return [...new Set(rows)].map(
    ({ product_id, sku, name, price, currency }) => ({
      id: product_id,
      sku,
      name,
      price,
      currency,
    }),
  );
};

const upsert: Twin = function* (run, values) {
  const [ids, skus] = [uuids(values[0]), texts(values[1])];
  const [names, prices] = [orNull.texts(values[2]), orNull.bigints(values[3])];
  const [currencies, deleted] = [orNull.texts(values[4]), bools(values[5])];
  const sequences = ints(values[6]);
  const rows = rowsFrom(ids, (index) => ({
    product_id: at(ids, index),
    sku: at(skus, index),
    name: at(names, index),
    price: at(prices, index),
    currency: at(currencies, index),
    deleted: at(deleted, index),
    sequence: at(sequences, index),
  }));
  for (const row of sortedBy(rows, ({ product_id }) => product_id))
    yield* run.table(products).upsert(run, row, (old) =>
      row.sequence > old.sequence
        ? {
            ...row,
            name: row.name ?? old.name,
            price: row.price ?? old.price,
            currency: row.currency ?? old.currency,
          }
        : undefined,
    );
  return [];
};

export const productTwins: Twins = {
  "products-find": find,
  "products-upsert": upsert,
};
