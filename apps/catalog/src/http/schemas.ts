import { currencyShape } from "@cartwright/contracts/shapes";
import { idParam } from "@cartwright/http/id-param";
import { z } from "zod";
import type { Product } from "../domain/product.ts";

/** Ten million of a currency with cents: times a thousand pieces it is still exact. */
const highestPrice = 1_000_000_000;

export const priceBody = z.strictObject({
  amount: z.int().min(0).max(highestPrice),
  currency: currencyShape,
});

const slug = z
  .string()
  .max(64)
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, "Lower-case words joined by hyphens.");

const sku = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
    "1 to 64 letters, digits, dots, hyphens or underscores.",
  );

const imageShape = z.strictObject({
  url: z.url({ protocol: /^https?$/ }).max(2_000),
  alt: z.string().max(500),
});

const attributesShape = z
  .record(
    z.string().min(1).max(64),
    z.union([z.string().max(500), z.number(), z.boolean()]),
  )
  .refine((attributes) => Object.keys(attributes).length <= 50, {
    error: "50 attributes at most.",
  });

const details = {
  name: z.string().trim().min(1).max(200),
  description: z.string().max(10_000),
  category: slug.nullable(),
  images: z.array(imageShape).max(20),
  attributes: attributesShape,
};

export const newProductBody = z.strictObject({
  ...details,
  sku,
  price: priceBody,
  description: details.description.default(""),
  category: details.category.default(null),
  images: details.images.default([]),
  attributes: details.attributes.default({}),
});

/** Neither SKU nor price: the one never changes, the other has a route of its own. */
export const productChangesBody = z.strictObject({
  name: details.name.exactOptional(),
  description: details.description.exactOptional(),
  category: details.category.exactOptional(),
  images: details.images.exactOptional(),
  attributes: details.attributes.exactOptional(),
});

export const newCategoryBody = z.strictObject({
  slug,
  name: z.string().trim().min(1).max(200),
});

export const productParams = z.strictObject({ productId: idParam });

/** Those who read, like those who order, may name a product by its SKU. */
export const idOrSkuParams = z.strictObject({
  productId: z
    .union([idParam, sku], "neither a product's id nor a SKU")
    .describe("A product's id or its SKU."),
});

const priceReply = z.object({ amount: z.int(), currency: z.string() });

export const productReply = z.object({
  id: z.guid(),
  sku: z.string(),
  name: z.string(),
  description: z.string(),
  category: z.string().nullable(),
  price: priceReply,
  images: z.array(z.object({ url: z.string(), alt: z.string() })),
  attributes: z.record(
    z.string(),
    z.union([z.string(), z.number(), z.boolean()]),
  ),
  version: z.int(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});

export const productPageReply = z.object({
  items: z.array(productReply),
  nextCursor: z.string().optional(),
});

export const productPriceReply = z.object({
  id: z.guid(),
  sku: z.string(),
  price: priceReply,
});

export const categoryReply = z.object({ slug: z.string(), name: z.string() });
export const categoriesReply = z.object({ items: z.array(categoryReply) });

export const presentProduct = (
  product: Product,
): z.input<typeof productReply> => ({
  id: product.id,
  sku: product.sku,
  name: product.name,
  description: product.description,
  category: product.category,
  price: product.price,
  images: [...product.images],
  attributes: product.attributes,
  version: product.version,
  createdAt: product.createdAt.toISOString(),
  updatedAt: product.updatedAt.toISOString(),
});
