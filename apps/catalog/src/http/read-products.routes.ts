import { ok } from "@cartwright/http/reply";
import { get, type Route } from "@cartwright/http/route";
import { Refusal } from "@cartwright/kernel/refusal";
import type { ProductReader } from "../db/product-reader.ts";
import type { Product } from "../domain/product.ts";
import { browseOf, browseQuery, cursorOf } from "./browse-products.query.ts";
import {
  idOrSkuParams,
  presentProduct,
  productPageReply,
  productPriceReply,
  productReply,
} from "./schemas.ts";
import { withEtag } from "./version.ts";

export const readProductsRoutes = (reader: ProductReader): readonly Route[] => [
  browseRoute(reader),
  productRoute(reader),
  priceRoute(reader),
];

const browseRoute = (reader: ProductReader) =>
  get("/api/v1/products", {
    summary: "Browse and search products",
    access: "public",
    query: browseQuery,
    responses: { 200: productPageReply },
    handle: async ({ query }) => {
      const found = await reader.browse(browseOf(query));
      const last = found.length === query.limit ? found.at(-1) : undefined;
      return ok({
        items: found.map(presentProduct),
        ...(last && { nextCursor: cursorOf(last) }),
      });
    },
  });

const productRoute = (reader: ProductReader) =>
  get("/api/v1/products/:productId", {
    summary: "One product",
    access: "public",
    params: idOrSkuParams,
    responses: { 200: productReply },
    refusals: ["not-found"],
    handle: async ({ params }) => {
      const product = await found(reader, params.productId);
      return withEtag(ok(presentProduct(product)), product);
    },
  });

const priceRoute = (reader: ProductReader) =>
  get("/api/v1/products/:productId/price", {
    summary: "What a product costs",
    access: "public",
    params: idOrSkuParams,
    responses: { 200: productPriceReply },
    refusals: ["not-found"],
    handle: async ({ params }) => {
      const { id, sku, price } = await found(reader, params.productId);
      return ok({ id, sku, price });
    },
  });

async function found(reader: ProductReader, id: string): Promise<Product> {
  const product = await reader.find(id);
  if (!product) throw new Refusal("not-found", "There is no such product.");
  return product;
}
