import { newId, type ProductId } from "@cartwright/kernel/ids";
import type { Money } from "@cartwright/kernel/money";
import { Refusal } from "@cartwright/kernel/refusal";

/** What staff say about a product; its price has a way of its own. */
export type Details = {
  readonly sku: string;
  readonly name: string;
  readonly description: string;
  /** The category's slug. */
  readonly category: string | null;
  readonly images: readonly Image[];
  /** Colour, material, size …: whatever the shop likes to show. */
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
};

export type Image = { readonly url: string; readonly alt: string };

export type Product = Details & {
  readonly id: ProductId;
  readonly price: Money;
  /** Counts the changes, so that nobody overwrites what they have not seen. */
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly deletedAt: Date | null;
};

export type ProductEvent =
  | { readonly kind: "created" | "updated" | "deleted" }
  | { readonly kind: "price-changed"; readonly oldPrice: Money };

/** The product as it is now, and what there is to tell; nothing when nothing changed. */
export type Decision = {
  readonly product: Product;
  readonly events: readonly ProductEvent[];
};

export const create = (
  { price, id = newId(), ...details }: NewProduct,
  now: Date,
): Decision => ({
  product: {
    ...details,
    id,
    price,
    version: 1,
    createdAt: now,
    updatedAt: now,
    deletedAt: null,
  },
  events: [{ kind: "created" }],
});

export type NewProduct = Details & {
  readonly price: Money;
  readonly id?: ProductId;
};

/** A SKU stays what it is: stock is counted by it. */
export type Changes = Partial<Omit<Details, "sku">>;

export function update(
  product: Product,
  changes: Changes,
  now: Date,
): Decision {
  const changed = { ...product, ...changes };
  return JSON.stringify(changed) === JSON.stringify(product)
    ? { product, events: [] }
    : decided(changed, { kind: "updated" }, now);
}

export function changePrice(
  product: Product,
  price: Money,
  now: Date,
): Decision {
  const { price: oldPrice } = product;
  if (price.amount === oldPrice.amount && price.currency === oldPrice.currency)
    return { product, events: [] };
  const event = { kind: "price-changed", oldPrice } as const;
  return decided({ ...product, price }, event, now);
}

export const remove = (product: Product, now: Date): Decision =>
  decided({ ...product, deletedAt: now }, { kind: "deleted" }, now);

const decided = (
  product: Product,
  event: ProductEvent,
  now: Date,
): Decision => ({
  product: { ...product, version: product.version + 1, updatedAt: now },
  events: [event],
});

/** Refuses to change what has changed since the caller looked; without a version everything goes. */
export function assertVersion(
  product: Product,
  expected: number | undefined,
): void {
  if (expected === undefined || expected === product.version) return;
  throw new Refusal(
    "version-conflict",
    `The product has changed since version ${expected}.`,
    { version: product.version },
  );
}
