import {
  priceChanged,
  productCreated,
  productDeleted,
  productUpdated,
} from "@cartwright/contracts/catalog";
import type { Draft } from "@cartwright/contracts/message";
import { unreachable } from "@cartwright/kernel/exhaustive";
import type { Product, ProductEvent } from "../domain/product.ts";

/** What the world is told; the only place that knows both forms of an event. */
export function draftOf(product: Product, event: ProductEvent): Draft {
  const { id: productId, sku, name, price } = product;
  const at = product.updatedAt.toISOString();
  switch (event.kind) {
    case "created":
      return productCreated({ productId, sku, name, price, at });
    case "updated":
      return productUpdated({ productId, sku, name, price, at });
    case "price-changed": {
      const { oldPrice } = event;
      return priceChanged({ productId, sku, oldPrice, price, at });
    }
    case "deleted":
      return productDeleted({ productId, sku, at });
    default:
      return unreachable(event);
  }
}
