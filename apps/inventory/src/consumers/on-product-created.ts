import { productCreated } from "@cartwright/contracts/catalog";
import { on } from "@cartwright/messaging/handler";
import { stockStore } from "../db/stock-store.ts";

/** What the shop sells gets a place on the shelf, empty at first. */
export const onProductCreated = () =>
  on([productCreated], (tx, messages) => {
    const skus = new Set(messages.map(({ data }) => data.sku));
    stockStore.createMany(tx, [...skus]);
  });
