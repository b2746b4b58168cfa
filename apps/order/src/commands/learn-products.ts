import type { Cause } from "@cartwright/contracts/message";
import { moneyShape } from "@cartwright/contracts/shapes";
import type { Transact } from "@cartwright/database/tx";
import type { ServiceClient } from "@cartwright/http/service-client";
import type { ProductId } from "@cartwright/kernel/ids";
import { Refusal } from "@cartwright/kernel/refusal";
import { z } from "zod";
import { saveProductNews, type ProductNews } from "../db/product-store.ts";

const product = z.object({
  id: z.guid(),
  sku: z.string(),
  name: z.string(),
  price: moneyShape,
});

/** Any event of the catalog is newer than what was asked for. */
const beforeEveryEvent = 0;

/**
 * Asks the catalog for products that no event has told of yet. Returns how many it knew; throws
 * `catalog-unavailable` when it cannot be asked.
 */
export const learnProducts =
  (db: { readonly transaction: Transact }, catalog: ServiceClient) =>
  async (ids: readonly string[], cause: Cause): Promise<number> => {
    const answers = await Promise.all(ids.map((id) => ask(catalog, id, cause)));
    const news = answers.filter((answer) => answer !== undefined);
    if (news.length > 0)
      await db.transaction((tx) => saveProductNews(tx, news));
    return news.length;
  };

async function ask(
  catalog: ServiceClient,
  id: string,
  cause: Cause,
): Promise<ProductNews | undefined> {
  try {
    const path = `/api/v1/products/${encodeURIComponent(id)}`;
    const found = await catalog.get(path, { schema: product, cause });
    return {
      ...found,
      id: found.id as ProductId,
      deleted: false,
      sequence: beforeEveryEvent,
    };
  } catch (error) {
    // Not found, or no id at all: the catalog does not sell it.
    if (error instanceof Refusal && !error.code.endsWith("-unavailable"))
      return undefined;
    throw error;
  }
}
