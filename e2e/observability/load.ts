import { setTimeout as sleep } from "node:timers/promises";
import type { Shop } from "../support/shop.ts";

/** Orders that go on being placed until they are told to end. */
export type Load = { end(): Promise<number> };

const perSecond = 4;

/** A few orders a second, each with a reading of it; one in five is declined. */
export async function someOrders(shop: Shop): Promise<Load> {
  const customer = await shop.customer();
  const product = await shop.product({ stock: 1_000_000 });
  const ended = new AbortController();
  let placed = 0;
  const running = (async () => {
    while (!ended.signal.aborted) {
      const paymentToken = placed % 5 === 4 ? "tok_declined" : "tok_visa";
      const items = [{ productId: product.id, quantity: 1 }];
      const orderId = await shop.placed(customer, { items, paymentToken });
      await shop.get(`/orders/${orderId}`, { token: customer.token });
      placed += 1;
      await sleep(1_000 / perSecond);
    }
  })();
  running.catch(() => undefined);
  return {
    async end() {
      ended.abort();
      await running;
      return placed;
    },
  };
}
