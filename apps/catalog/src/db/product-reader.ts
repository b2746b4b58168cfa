import { statement, type Queryable } from "@cartwright/database/tx";
import { isUuid } from "@cartwright/kernel/ids";
import type { Product } from "../domain/product.ts";
import { searchWords } from "../domain/search-words.ts";
import {
  productColumns,
  productOf,
  type ProductRow,
} from "./product-mapper.ts";

export type Sort = "newest" | "price" | "-price";

/** The last product of a page: where the next one begins, whatever the order. */
export type Place = {
  readonly id: string;
  readonly createdAt: Date;
  readonly price: number;
};

export type Browse = {
  /** Each word must begin a word of name, SKU or description. */
  readonly text: string | undefined;
  readonly category: string | undefined;
  /** In minor units. */
  readonly minPrice: number | undefined;
  readonly maxPrice: number | undefined;
  readonly sort: Sort;
  readonly after: Place | undefined;
  readonly limit: number;
};

export type ProductReader = {
  find(idOrSku: string): Promise<Product | undefined>;
  browse(filter: Browse): Promise<readonly Product[]>;
};

const findById = statement(
  "product-find",
  `SELECT ${productColumns} FROM products WHERE id = $1 AND deleted_at IS NULL`,
);

const findBySku = statement(
  "product-find-by-sku",
  `SELECT ${productColumns} FROM products WHERE sku = $1 AND deleted_at IS NULL`,
);

/** Shoppers read far more than anybody writes, so both reads are SQL. */
export const productReader = (db: Queryable): ProductReader => ({
  async find(idOrSku) {
    const by = isUuid(idOrSku) ? findById : findBySku;
    const [row] = await db.query<ProductRow>(by, [idOrSku]);
    return row && productOf(row);
  },

  async browse(filter) {
    const { sort, after, limit } = filter;
    const rows = await db.query<ProductRow>(browseSql(sort), [
      tsqueryOf(filter.text),
      filter.category,
      filter.minPrice,
      filter.maxPrice,
      after && (sort === "newest" ? after.createdAt : after.price),
      after?.id,
      limit,
    ]);
    return rows.map(productOf);
  },
});

const orders = {
  newest: { column: "created_at", type: "timestamptz", descending: true },
  price: { column: "price_amount", type: "bigint", descending: false },
  "-price": { column: "price_amount", type: "bigint", descending: true },
} as const satisfies Record<Sort, object>;

/** Not a named statement: planned with the values at hand, so that each filter finds its own index. */
function browseSql(sort: Sort): string {
  const { column, type, descending } = orders[sort];
  const direction = descending ? "DESC" : "ASC";
  return `SELECT ${productColumns} FROM products
    WHERE deleted_at IS NULL
      AND ($1::text IS NULL OR ${words} @@ to_tsquery('simple', $1))
      AND ($2::text IS NULL OR category = $2)
      AND ($3::bigint IS NULL OR price_amount >= $3)
      AND ($4::bigint IS NULL OR price_amount <= $4)
      AND ($6::uuid IS NULL OR (${column}, id) ${descending ? "<" : ">"} ($5::${type}, $6))
    ORDER BY ${column} ${direction}, id ${direction} LIMIT $7`;
}

/** The expression that `products_words_idx` indexes. */
const words = `to_tsvector('simple', translate(name || ' ' || sku || ' ' || description, '-_./', '    '))`;

const tsqueryOf = (text: string | undefined): string | undefined =>
  text === undefined
    ? undefined
    : searchWords(text)
        .map((word) => `${word}:*`)
        .join(" & ");
