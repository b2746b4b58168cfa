import type { Cause } from "@cartwright/contracts/message";
import { Refusal } from "@cartwright/kernel/refusal";
import type { Outbox } from "@cartwright/messaging/outbox";
import type { Decision, Product } from "../domain/product.ts";
import type { CatalogTx } from "./catalog-db.ts";
import { productOf, rowOf } from "./product-mapper.ts";
import { draftOf } from "./product-publisher.ts";

/** Products as they are decided on; saving one appends its events. */
export type ProductStore = {
  /** Refused with `sku-taken` or `unknown-category`. */
  insert(tx: CatalogTx, decision: Decision, cause: Cause): Promise<Product>;
  /** Locked until the transaction ends; refused with `not-found`. */
  load(tx: CatalogTx, id: string): Promise<Product>;
  save(tx: CatalogTx, decision: Decision, cause: Cause): Promise<Product>;
};

export function productStore(outbox: Outbox): ProductStore {
  const append = (
    tx: CatalogTx,
    { product, events }: Decision,
    lastSequence: number,
    cause: Cause,
  ) =>
    outbox.append(
      tx,
      events.map((event, index) => ({
        draft: draftOf(product, event),
        sequence: lastSequence - events.length + index + 1,
        cause,
      })),
    );

  return {
    async insert(tx, decision, cause) {
      const eventSequence = decision.events.length;
      await tx.prisma.product
        .create({ data: { ...rowOf(decision.product), eventSequence } })
        .catch(refused);
      await append(tx, decision, eventSequence, cause);
      return decision.product;
    },

    async load(tx, id) {
      await tx.query("SELECT 1 FROM products WHERE id = $1::uuid FOR UPDATE", [
        id,
      ]);
      const row = await tx.prisma.product.findUnique({
        where: { id, deletedAt: null },
      });
      if (!row) throw new Refusal("not-found", "There is no such product.");
      return productOf(row);
    },

    async save(tx, decision, cause) {
      const { product, events } = decision;
      if (events.length === 0) return product;
      const { eventSequence } = await tx.prisma.product
        .update({
          where: { id: product.id },
          data: {
            ...rowOf(product),
            eventSequence: { increment: events.length },
          },
        })
        .catch(refused);
      await append(tx, decision, eventSequence, cause);
      return product;
    },
  };
}

function refused(error: unknown): never {
  const { code } = error as { code?: unknown };
  if (code === "P2002")
    throw new Refusal("sku-taken", "Another product has or had this SKU.");
  if (code === "P2003")
    throw new Refusal("unknown-category", "There is no such category.");
  throw error;
}
