import type { ProductId } from "@cartwright/kernel/ids";
import { money } from "@cartwright/kernel/money";
import type { Details, Product } from "../domain/product.ts";

/** A product's row, as Prisma and our own SQL both read it. */
export type ProductRow = {
  readonly id: string;
  readonly sku: string;
  readonly name: string;
  readonly description: string;
  readonly categorySlug: string | null;
  readonly priceAmount: bigint | number;
  readonly currency: string;
  readonly images: unknown;
  readonly attributes: unknown;
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly deletedAt: Date | null;
};

/** What our own SQL selects to read a row under the model's names. */
export const productColumns = `id, sku, name, description, category AS "categorySlug",
  price_amount AS "priceAmount", currency, images, attributes, version,
  created_at AS "createdAt", updated_at AS "updatedAt", deleted_at AS "deletedAt"`;

export const productOf = (row: ProductRow): Product => ({
  id: row.id as ProductId,
  sku: row.sku,
  name: row.name,
  description: row.description,
  category: row.categorySlug,
  price: money(Number(row.priceAmount), row.currency),
  images: row.images as Details["images"],
  attributes: row.attributes as Details["attributes"],
  version: row.version,
  createdAt: row.createdAt,
  updatedAt: row.updatedAt,
  deletedAt: row.deletedAt,
});

export const rowOf = (product: Product) => ({
  id: product.id,
  sku: product.sku,
  name: product.name,
  description: product.description,
  categorySlug: product.category,
  priceAmount: BigInt(product.price.amount),
  currency: product.price.currency,
  images: product.images.map((image) => ({ ...image })),
  attributes: { ...product.attributes },
  version: product.version,
  createdAt: product.createdAt,
  updatedAt: product.updatedAt,
  deletedAt: product.deletedAt,
});
