import { statement, type Queryable, type Tx } from "@cartwright/database/tx";
import { isUuid, type ProductId } from "@cartwright/kernel/ids";
import type { Product } from "../domain/pricing.ts";

/** What an event of the catalog says of a product. A null field is not spoken of. */
export type ProductNews = {
  readonly id: ProductId;
  readonly sku: string;
  readonly name: string | null;
  readonly price: { readonly amount: number; readonly currency: string } | null;
  readonly deleted: boolean;
  readonly sequence: number;
};

const find = statement(
  "products-find",
  `SELECT product_id AS id, sku, name, price, currency FROM product_snapshots
   WHERE (product_id = ANY ($1::uuid[]) OR sku = ANY ($2::text[])) AND NOT deleted AND name IS NOT NULL AND price IS NOT NULL`,
);

/** The newest news of each product wins, in whatever order they come. */
const upsert = statement(
  "products-upsert",
  `INSERT INTO product_snapshots AS old (product_id, sku, name, price, currency, deleted, sequence)
   SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::bool[], $7::int[])
     AS rows (id, sku, name, price, currency, deleted, sequence) ORDER BY id
   ON CONFLICT (product_id) DO UPDATE SET sku = EXCLUDED.sku, name = coalesce(EXCLUDED.name, old.name),
     price = coalesce(EXCLUDED.price, old.price), currency = coalesce(EXCLUDED.currency, old.currency),
     deleted = EXCLUDED.deleted, sequence = EXCLUDED.sequence
   WHERE EXCLUDED.sequence > old.sequence`,
);

type ProductRow = Omit<Product, "price"> & {
  readonly price: number;
  readonly currency: string;
};

/** The products by id or SKU, as far as they are known and on sale. */
export async function findProducts(
  db: Queryable,
  idsOrSkus: readonly string[],
): Promise<ReadonlyMap<string, Product>> {
  const ids = idsOrSkus.filter(isUuid);
  const skus = idsOrSkus.filter((one) => !isUuid(one));
  const rows = await db.query<ProductRow>(find, [ids, skus]);
  const products = rows.map(({ currency, price, ...row }) => ({
    ...row,
    price: { amount: price, currency },
  }));
  return new Map(
    products.flatMap((product) => [
      [product.id, product],
      [product.sku, product],
    ]),
  );
}

/** Saves what each product is now after all its news. */
export function saveProductNews(tx: Tx, news: readonly ProductNews[]): void {
  const latest = new Map<ProductId, ProductNews>();
  for (const one of news) {
    const before = latest.get(one.id);
    latest.set(one.id, {
      ...one,
      name: one.name ?? before?.name ?? null,
      price: one.price ?? before?.price ?? null,
    });
  }
  const rows = [...latest.values()];
  tx.send(upsert, [
    rows.map(({ id }) => id),
    rows.map(({ sku }) => sku),
    rows.map(({ name }) => name),
    rows.map(({ price }) => price?.amount ?? null),
    rows.map(({ price }) => price?.currency ?? null),
    rows.map(({ deleted }) => deleted),
    rows.map(({ sequence }) => sequence),
  ]);
}
