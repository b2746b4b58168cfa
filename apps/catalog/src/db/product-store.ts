import type { Cause } from "@cartwright/contracts/message";
import { Refusal } from "@cartwright/kernel/refusal";
import type { Outbox, Outgoing } from "@cartwright/messaging/outbox";
import type { Decision, Product } from "../domain/product.ts";
import type { CatalogTx } from "./catalog-db.ts";
import { productOf, rowOf } from "./product-mapper.ts";
import { draftOf } from "./product-publisher.ts";

/** Products as they are decided on; saving one appends its events. */
export type ProductStore = {
  /** Refused with `sku-taken` or `unknown-category`. */
  insert(
    tx: CatalogTx,
    decisions: readonly Decision[],
    cause: Cause,
  ): Promise<void>;
  /** Locked until the transaction ends; refused with `not-found`. */
  load(tx: CatalogTx, id: string): Promise<Product>;
  save(tx: CatalogTx, decision: Decision, cause: Cause): Promise<Product>;
};

export const productStore = (outbox: Outbox): ProductStore => ({
  async insert(tx, decisions, cause) {
    const data = decisions.map(({ product, events }) => ({
      ...rowOf(product),
      eventSequence: events.length,
    }));
    await tx.prisma.product.createMany({ data }).catch(refused);
    const messages = decisions.flatMap((decision) =>
      outgoing(decision, decision.events.length, cause),
    );
    outbox.append(tx, messages);
  },

  async load(tx, id) {
    await tx.query(lock, [id]);
    const where = { id, deletedAt: null };
    const row = await tx.prisma.product.findUnique({ where });
    if (!row) throw new Refusal("not-found", "There is no such product.");
    return productOf(row);
  },

  async save(tx, decision, cause) {
    const { product, events } = decision;
    if (events.length === 0) return product;
    const eventSequence = { increment: events.length };
    const saved = await tx.prisma.product
      .update({
        where: { id: product.id },
        data: { ...rowOf(product), eventSequence },
      })
      .catch(refused);
    const messages = outgoing(decision, saved.eventSequence, cause);
    outbox.append(tx, messages);
    return product;
  },
});

const lock = "SELECT 1 FROM products WHERE id = $1::uuid FOR UPDATE";

const outgoing = (
  { product, events }: Decision,
  lastSequence: number,
  cause: Cause,
): readonly Outgoing[] =>
  events.map((event, index) => ({
    draft: draftOf(product, event),
    sequence: lastSequence - events.length + index + 1,
    cause,
  }));

function refused(error: unknown): never {
  const { code } = error as { code?: unknown };
  if (code === "P2002")
    throw new Refusal("sku-taken", "Another product has or had this SKU.");
  if (code === "P2003")
    throw new Refusal("unknown-category", "There is no such category.");
  throw error;
}
