import {
  priceChanged,
  productCreated,
  productDeleted,
  productUpdated,
} from "@cartwright/contracts/catalog";
import type { MessageOf } from "@cartwright/contracts/define";
import type { ProductId } from "@cartwright/kernel/ids";
import { inAnyOrder } from "@cartwright/messaging/handler";
import { saveProductNews, type ProductNews } from "../db/product-store.ts";

type CatalogMessage = MessageOf<
  | typeof productCreated
  | typeof productUpdated
  | typeof priceChanged
  | typeof productDeleted
>;

/** Keeps the snapshot of products that orders are priced by; the newest news of each wins. */
export const onCatalog = () =>
  inAnyOrder(
    [productCreated, productUpdated, priceChanged, productDeleted],
    (tx, messages) => saveProductNews(tx, messages.map(newsOf)),
  );

function newsOf({ data, sequence, type }: CatalogMessage): ProductNews {
  return {
    id: data.productId as ProductId,
    sku: data.sku,
    name: "name" in data ? data.name : null,
    price: "price" in data ? data.price : null,
    deleted: type === productDeleted.type,
    sequence,
  };
}
