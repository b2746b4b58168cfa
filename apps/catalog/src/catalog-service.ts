import { defineService } from "@cartwright/service/service";
import { changeProduct } from "./commands/change-product.ts";
import { catalogConfig } from "./config.ts";
import { catalogDb } from "./db/catalog-db.ts";
import { categoryStore } from "./db/category-store.ts";
import { productReader } from "./db/product-reader.ts";
import { productStore } from "./db/product-store.ts";
import { categoriesRoutes } from "./http/categories.routes.ts";
import { readProductsRoutes } from "./http/read-products.routes.ts";
import { writeProductsRoutes } from "./http/write-products.routes.ts";

export const catalogService = defineService({
  name: "catalog",
  config: catalogConfig,

  create(platform) {
    const { outbox, clock } = platform;
    const db = catalogDb(platform.db);
    const products = productStore(outbox);
    return {
      routes: [
        ...readProductsRoutes(productReader(platform.db)),
        ...writeProductsRoutes({
          db,
          products,
          changeProduct: changeProduct({ db, products, clock }),
          clock,
        }),
        ...categoriesRoutes({
          db,
          categories: categoryStore(platform.db, clock),
        }),
      ],
      refusals: {
        "sku-taken": 409,
        "category-taken": 409,
        "unknown-category": 422,
        "version-conflict": 412,
      },
    };
  },
});
