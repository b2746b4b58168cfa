import type { ProductId } from "@cartwright/kernel/ids";
import {
  compare,
  fromMajorUnits,
  multiply,
  sum,
  type Money,
} from "@cartwright/kernel/money";
import { Refusal } from "@cartwright/kernel/refusal";

/** A product as the catalog sells it. */
export type Product = {
  readonly id: ProductId;
  readonly sku: string;
  readonly name: string;
  readonly price: Money;
};

/** A line as the buyer asks for it. */
export type RequestedItem = {
  /** A product's id or its SKU. */
  readonly productId: string;
  readonly quantity: number;
  /** What the buyer expects one unit to cost; never what is charged. */
  readonly expectedPrice?: Money | undefined;
  /** The same as people write it, in the currency that the product is sold in. */
  readonly price?: number | undefined;
};

/** A line as it is sold. */
export type OrderItem = {
  readonly productId: ProductId;
  readonly sku: string;
  readonly name: string;
  readonly quantity: number;
  readonly unitPrice: Money;
};

export type PricedOrder = {
  readonly items: readonly OrderItem[];
  readonly total: Money;
};

/**
 * Prices the lines by our own prices; the same product on two lines becomes one. Refuses what is not
 * sold, and prices that have risen above what the buyer expects.
 */
export function price(
  requested: readonly RequestedItem[],
  productOf: (idOrSku: string) => Product | undefined,
): PricedOrder {
  const items = new Map<ProductId, OrderItem>();
  const risen: { productId: string; expected: Money; price: Money }[] = [];
  for (const item of requested) {
    const { productId, quantity } = item;
    const product = productOf(productId);
    if (product === undefined) {
      throw new Refusal(
        "unknown-product",
        `There is no product ${productId}.`,
        { productId },
      );
    }
    const expected = expectedOf(item, product.price.currency);
    if (expected !== undefined && isDearer(product.price, expected))
      risen.push({ productId, expected, price: product.price });
    items.set(
      product.id,
      lineOf(product, quantity + (items.get(product.id)?.quantity ?? 0)),
    );
  }
  if (risen.length > 0) {
    throw new Refusal("price-changed", "A price is higher than expected.", {
      items: risen,
    });
  }
  return { items: [...items.values()], total: totalOf([...items.values()]) };
}

const expectedOf = (
  { expectedPrice, price: written }: RequestedItem,
  currency: string,
): Money | undefined =>
  expectedPrice ??
  (written === undefined ? undefined : fromMajorUnits(written, currency));

/** Another currency than the buyer expects is none that the buyer has agreed to. */
const isDearer = (ours: Money, expected: Money): boolean =>
  ours.currency !== expected.currency || compare(ours, expected) > 0;

const lineOf = (
  { id, sku, name, price: unitPrice }: Product,
  quantity: number,
): OrderItem => ({
  productId: id,
  sku,
  name,
  quantity,
  unitPrice,
});

/** The most an order may come to, in minor units: far above any shop, far below what a number can hold. */
const maxTotal = 1_000_000_000_00;

function totalOf(items: readonly OrderItem[]): Money {
  const currency = items[0]?.unitPrice.currency ?? "";
  if (items.some(({ unitPrice }) => unitPrice.currency !== currency)) {
    throw new Refusal(
      "mixed-currencies",
      "All products of an order must be sold in one currency.",
    );
  }
  const total = sum(
    items.map(({ unitPrice, quantity }) => multiply(unitPrice, quantity)),
    currency,
  );
  if (compare(total, { amount: maxTotal, currency }) > 0) {
    throw new Refusal(
      "order-too-large",
      "The order's total is beyond what one order may come to.",
    );
  }
  return total;
}
