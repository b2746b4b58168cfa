import { z } from "zod";
import type { Browse, Place } from "../db/product-reader.ts";
import type { Product } from "../domain/product.ts";

const amount = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

/** What a cursor holds: enough of the page's last product to go on in any order. */
const placeShape = z.tuple([z.guid(), z.iso.datetime(), z.int()]);

const cursorShape = z
  .string()
  .max(200)
  .transform((text, context): Place => {
    const place = placeShape.safeParse(jsonOf(text));
    if (!place.success) {
      context.addIssue("Send the nextCursor of the page before.");
      return z.NEVER;
    }
    const [id, createdAt, price] = place.data;
    return { id, createdAt: new Date(createdAt), price };
  });

export const browseQuery = z.strictObject({
  /** Words, or beginnings of words, in name, SKU or description. */
  q: z.string().trim().max(200).optional(),
  category: z.string().max(64).optional(),
  /** In minor units. */
  minPrice: amount.optional(),
  maxPrice: amount.optional(),
  sort: z.enum(["newest", "price", "-price"]).default("newest"),
  cursor: cursorShape.optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
});

export const browseOf = (query: z.output<typeof browseQuery>): Browse => ({
  text: query.q || undefined,
  category: query.category,
  minPrice: query.minPrice,
  maxPrice: query.maxPrice,
  sort: query.sort,
  after: query.cursor,
  limit: query.limit,
});

export const cursorOf = ({ id, createdAt, price }: Product): string => {
  const place = [id, createdAt.toISOString(), price.amount];
  return Buffer.from(JSON.stringify(place)).toString("base64url");
};

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, "base64url").toString());
  } catch {
    return undefined;
  }
}
