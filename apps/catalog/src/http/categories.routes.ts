import { once, onceOf } from "@cartwright/http/idempotency";
import { created, ok } from "@cartwright/http/reply";
import { get, post, type Route } from "@cartwright/http/route";
import type { CatalogDb } from "../db/catalog-db.ts";
import type { CategoryStore } from "../db/category-store.ts";
import { categoriesReply, categoryReply, newCategoryBody } from "./schemas.ts";

type Categories = {
  readonly db: CatalogDb;
  readonly categories: CategoryStore;
};

export const categoriesRoutes = (deps: Categories): readonly Route[] => [
  listRoute(deps),
  addRoute(deps),
];

const listRoute = ({ categories }: Categories) =>
  get("/api/v1/categories", {
    summary: "All categories by name",
    access: "public",
    responses: { 200: categoriesReply },
    handle: async () => ok({ items: await categories.list() }),
  });

const addRoute = ({ db, categories }: Categories) =>
  post("/api/v1/categories", {
    summary: "Add a category",
    access: "catalog.write",
    idempotency: "accepted",
    body: newCategoryBody,
    responses: { 201: categoryReply },
    refusals: ["category-taken"],
    handle: ({ body, ...request }) =>
      once(db, onceOf(request, "POST /categories"), async (tx) => {
        await categories.add(tx, body);
        const location = `/api/v1/products?category=${body.slug}`;
        return created(body, { location });
      }),
  });
