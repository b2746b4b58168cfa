import { once, onceOf } from "@cartwright/http/idempotency";
import { created, noContent, ok } from "@cartwright/http/reply";
import { del, patch, post, put, type Route } from "@cartwright/http/route";
import type { Clock } from "@cartwright/kernel/clock";
import { z } from "zod";
import type { ChangeProduct } from "../commands/change-product.ts";
import type { CatalogDb } from "../db/catalog-db.ts";
import type { ProductStore } from "../db/product-store.ts";
import { changePrice, create, remove, update } from "../domain/product.ts";
import {
  newProductBody,
  presentProduct,
  priceBody,
  productChangesBody,
  productParams,
  productReply,
} from "./schemas.ts";
import { expectedVersion, withEtag } from "./version.ts";

type WriteProducts = {
  readonly db: CatalogDb;
  readonly products: ProductStore;
  readonly changeProduct: ChangeProduct;
  readonly clock: Clock;
};

export const writeProductsRoutes = (deps: WriteProducts): readonly Route[] => [
  createRoute(deps),
  updateRoute(deps),
  changePriceRoute(deps),
  deleteRoute(deps),
];

const createRoute = ({ db, products, clock }: WriteProducts) =>
  post("/api/v1/products", {
    summary: "Add a product",
    access: "catalog.write",
    idempotency: "accepted",
    body: newProductBody,
    responses: { 201: productReply },
    refusals: ["sku-taken", "unknown-category"],
    handle: ({ body, cause, ...request }) =>
      once(db, onceOf(request, "POST /products"), async (tx) => {
        const decision = create(body, clock.now());
        await products.insert(tx, [decision], cause);
        const { product } = decision;
        const location = `/api/v1/products/${product.id}`;
        const reply = created(presentProduct(product), { location });
        return withEtag(reply, product);
      }),
  });

const updateRoute = ({ changeProduct }: WriteProducts) =>
  patch("/api/v1/products/:productId", {
    summary: "Change what is said about a product",
    access: "catalog.write",
    params: productParams,
    body: productChangesBody,
    responses: { 200: productReply },
    refusals: ["not-found", "unknown-category", "version-conflict"],
    handle: async ({ params, body, headers, cause }) => {
      const { productId: id } = params;
      const target = { id, version: expectedVersion(headers), cause };
      const product = await changeProduct(target, (before, now) =>
        update(before, body, now),
      );
      return withEtag(ok(presentProduct(product)), product);
    },
  });

const changePriceRoute = ({ changeProduct }: WriteProducts) =>
  put("/api/v1/products/:productId/price", {
    summary: "Change what a product costs",
    access: "catalog.write",
    params: productParams,
    body: priceBody,
    responses: { 200: productReply },
    refusals: ["not-found", "version-conflict"],
    handle: async ({ params, body, headers, cause }) => {
      const { productId: id } = params;
      const target = { id, version: expectedVersion(headers), cause };
      const product = await changeProduct(target, (before, now) =>
        changePrice(before, body, now),
      );
      return withEtag(ok(presentProduct(product)), product);
    },
  });

const deleteRoute = ({ changeProduct }: WriteProducts) =>
  del("/api/v1/products/:productId", {
    summary: "Take a product out of the shop",
    access: "catalog.write",
    params: productParams,
    responses: { 204: z.undefined() },
    refusals: ["not-found", "version-conflict"],
    handle: async ({ params, headers, cause }) => {
      const { productId: id } = params;
      const target = { id, version: expectedVersion(headers), cause };
      await changeProduct(target, remove);
      return noContent();
    },
  });
