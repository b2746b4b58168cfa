import assert from "node:assert/strict";
import { eventually } from "@cartwright/testing/eventually";
import type { Platform } from "./platform.ts";
import { anAddress, type Customer, type Product, type Shop } from "./shop.ts";

/** Orders whose money the provider holds on to. */
export type FrozenOrder = {
  readonly orderId: string;
  readonly sagaId: string;
  /** The provider gives way: the next request does what it asks for. */
  thaw(): Promise<void>;
};

/**
 * Places an order that gets stuck: while its money is being given back, since nobody delivers to its
 * address; or while it is being taken. A day passes by setting the beginning of the step back.
 */
export async function aStuckOrder(
  { platform, shop }: { readonly platform: Platform; readonly shop: Shop },
  order: { readonly customer: Customer; readonly product: Product },
  step: "authorize-payment" | "capture-payment",
): Promise<FrozenOrder> {
  const isUndo = step === "authorize-payment";
  const orderId = await shop.placed(order.customer, {
    items: [{ productId: order.product.id, quantity: 1 }],
    paymentToken: "tok_frozen",
    shippingAddress: { ...anAddress, ...(isUndo && { postalCode: "00000" }) },
  });
  const waiting = await saga(platform, orderId, (run) => {
    assert.equal(run.step, step);
    assert.equal(run.direction, isUndo ? "backward" : "forward");
  });
  await platform.sql(
    `UPDATE "order".saga_instances SET step_since = now() - interval '1 day' WHERE id = $1`,
    [waiting.id],
  );
  await saga(platform, orderId, ({ status }) => assert.equal(status, "stuck"));
  return {
    ...{ orderId, sagaId: waiting.id },
    async thaw() {
      await platform.sql(
        `UPDATE payment_provider.authorizations SET token = 'tok_visa'
         WHERE reference IN (SELECT id::text FROM payment.payments WHERE order_id = $1)`,
        [orderId],
      );
    },
  };
}

type Run = {
  readonly id: string;
  readonly status: string;
  readonly step: string | null;
  readonly direction: string;
};

/** The saga that places the order, once it is as wished. */
export const saga = (
  platform: Platform,
  orderId: string,
  check: (run: Run) => void,
): Promise<Run> =>
  eventually(
    async () => {
      const [run] = await platform.sql<Run>(
        `SELECT id, status, step, direction FROM "order".saga_instances
         WHERE key = $1 AND saga = 'place-order'`,
        [orderId],
      );
      assert.ok(run);
      check(run);
      return run;
    },
    { within: 30_000, every: 50 },
  );
