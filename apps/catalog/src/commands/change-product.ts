import type { Cause } from "@cartwright/contracts/message";
import type { Clock } from "@cartwright/kernel/clock";
import type { CatalogDb } from "../db/catalog-db.ts";
import type { ProductStore } from "../db/product-store.ts";
import {
  assertVersion,
  type Decision,
  type Product,
} from "../domain/product.ts";

export type Target = {
  readonly id: string;
  /** The version that the caller has seen, if it matters to them. */
  readonly version: number | undefined;
  readonly cause: Cause;
};

export type ChangeProduct = (
  target: Target,
  decide: (product: Product, now: Date) => Decision,
) => Promise<Product>;

/** Loads the product, decides on it and saves it with its events, in one transaction. */
export const changeProduct =
  (deps: {
    readonly db: CatalogDb;
    readonly products: ProductStore;
    readonly clock: Clock;
  }): ChangeProduct =>
  ({ id, version, cause }, decide) =>
    deps.db.transaction(async (tx) => {
      const product = await deps.products.load(tx, id);
      assertVersion(product, version);
      const decision = decide(product, deps.clock.now());
      return deps.products.save(tx, decision, cause);
    });
