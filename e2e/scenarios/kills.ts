import { setTimeout as sleep } from "node:timers/promises";
import { newId } from "@cartwright/kernel/ids";
import { seconds } from "@cartwright/kernel/duration";
import { eventually } from "@cartwright/testing/eventually";
import type { Platform } from "../support/platform.ts";
import type { Customer, OrderWish, Shop } from "../support/shop.ts";
import { differences } from "../support/totals.ts";

const orders = 50;

/** Death without warning in the middle of the work: what was accepted is finished, once. */
export function killScenarios(
  given: () => { platform: Platform; shop: Shop },
): void {
  it("finishes every accepted order after a kill -9", async () => {
    const { platform, shop } = given();
    const [customer, plenty, few] = await Promise.all([
      shop.customer(),
      shop.product({ stock: 1_000 }),
      shop.product({ stock: 5 }),
    ]);
    const wishes = Array.from({ length: orders }, (_, index): OrderWish => ({
      items: [{ productId: index % 5 === 0 ? few.id : plenty.id, quantity: 1 }],
      paymentToken: index % 7 === 0 ? "tok_declined" : "tok_visa",
    }));

    const placing = wishes.map(async (wish, index) => {
      await sleep(index * 20);
      return placedWhateverHappens(shop, customer, wish);
    });
    await sleep(orders * 10);
    await platform.kill();
    await platform.restart();
    const orderIds = await Promise.all(placing);

    expect(new Set(orderIds).size).toBe(orders);
    await eventually(
      async () => {
        const rows = await platform.sql<{ status: string }>(
          'SELECT status FROM "order".orders WHERE id = ANY ($1::uuid[])',
          [orderIds],
        );
        expect(rows).toHaveLength(orders);
        const open = rows.filter(
          ({ status }) => !["confirmed", "cancelled"].includes(status),
        );
        expect(open).toEqual([]);
      },
      { within: seconds(90), every: 200 },
    );
    await eventually(
      async () => expect(await differences(platform)).toEqual([]),
      {
        within: seconds(60),
        every: 500,
      },
    );
  }, 240_000);
}

/** Posts with one key until an answer comes, as a client should. */
async function placedWhateverHappens(
  shop: Shop,
  customer: Customer,
  wish: OrderWish,
): Promise<string> {
  const key = newId();
  return eventually(
    async () => {
      const { status, body } = await shop.order(customer, wish, key);
      expect({ status, body }).toMatchObject({ status: 202 });
      return body.orderId as string;
    },
    { within: seconds(60), every: 250 },
  );
}
