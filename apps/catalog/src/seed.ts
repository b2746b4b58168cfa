import { derivedId, newId } from "@cartwright/kernel/ids";
import { money } from "@cartwright/kernel/money";
import type { Platform } from "@cartwright/service/service";
import { catalogDb } from "./db/catalog-db.ts";
import { categoryStore } from "./db/category-store.ts";
import { productStore } from "./db/product-store.ts";
import { demoCategories, demoProducts, type DemoProduct } from "./demo-shop.ts";
import { create } from "./domain/product.ts";

/** The same in every shop, so that scripts and guides can name it. */
export const demoProductId = (sku: string) =>
  derivedId<"product">("demo-product", sku);

/** Fills an empty shop; one that was ever filled is left as its staff have made it. */
export async function seedDemoShop(
  platform: Pick<Platform, "db" | "outbox" | "clock">,
): Promise<void> {
  const ids = demoProducts.map(({ sku }) => demoProductId(sku));
  const [known] = await platform.db.query(
    "SELECT 1 FROM products WHERE id = ANY ($1::uuid[]) LIMIT 1",
    [ids],
  );
  if (known) return;
  const db = catalogDb(platform.db);
  const categories = categoryStore(platform.db, platform.clock);
  const products = productStore(platform.outbox);
  const cause = { correlationId: newId() };
  const now = platform.clock.now().getTime();
  // Apart in time, so that newest first is a stated order.
  const decisions = demoProducts.map((demo, index) =>
    create(newProductOf(demo), new Date(now - index)),
  );
  await db.transaction(async (tx) => {
    for (const category of demoCategories) await categories.add(tx, category);
    await products.insert(tx, decisions, cause);
  });
}

const newProductOf = ({ euros, attributes = {}, ...demo }: DemoProduct) => ({
  ...demo,
  id: demoProductId(demo.sku),
  price: money(Math.round(euros * 100), "EUR"),
  images: [],
  attributes,
});
