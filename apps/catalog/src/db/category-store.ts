import type { Clock } from "@cartwright/kernel/clock";
import { Refusal } from "@cartwright/kernel/refusal";
import type { Queryable } from "@cartwright/database/tx";
import type { CatalogTx } from "./catalog-db.ts";

export type Category = { readonly slug: string; readonly name: string };

export type CategoryStore = {
  list(): Promise<readonly Category[]>;
  /** Refused with `category-taken`. */
  add(tx: CatalogTx, category: Category): Promise<void>;
};

export const categoryStore = (db: Queryable, clock: Clock): CategoryStore => ({
  list: () => db.query("SELECT slug, name FROM categories ORDER BY name, slug"),

  add: async (tx, { slug, name }) => {
    const data = { slug, name, createdAt: clock.now() };
    await tx.prisma.category.create({ data }).catch(refused);
  },
});

function refused(error: unknown): never {
  if ((error as { code?: unknown }).code !== "P2002") throw error;
  throw new Refusal("category-taken", "There is a category of this slug.");
}
