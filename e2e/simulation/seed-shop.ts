import { saveProductNews } from "@cartwright/app-order/db/product-store";
import { stockStore } from "@cartwright/app-inventory/db/stock-store";
import { derivedId } from "@cartwright/kernel/ids";
import { products } from "./shopper.ts";
import type { World } from "./world.ts";

/** Has the products on sale and on the shelf before anybody comes. */
export function seedShop({ kernel, server, plan }: World): void {
  const filled = Promise.all([
    server
      .connect("order")
      .transaction((tx) =>
        saveProductNews(tx, Object.entries(products).map(newsOf)),
      ),
    stockStore.fillEmpty(server.connect("inventory"), {
      MUG: 10_000,
      PEN: 10_000,
      LAMP: plan.scarceUnits,
    }),
  ]);
  let done = false;
  filled.then(
    () => (done = true),
    (error: unknown) => kernel.fail(error),
  );
  kernel.run(() => done);
}

const newsOf = ([sku, amount]: [string, number]) => ({
  id: derivedId<"product">("product", sku),
  sku,
  name: sku,
  price: { amount, currency: "EUR" },
  deleted: false,
  sequence: 1,
});
