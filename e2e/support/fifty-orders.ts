import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { seconds } from "@cartwright/kernel/duration";
import { newId } from "@cartwright/kernel/ids";
import { eventually } from "@cartwright/testing/eventually";
import { anAddress, type Customer, type OrderWish, type Shop } from "./shop.ts";

/** Orders of all fates, one every 20 ms; each is posted with one key until an answer comes. Returns their ids. */
export async function fiftyOrders(shop: Shop): Promise<string[]> {
  const [customer, plenty, few] = await Promise.all([
    shop.customer(),
    shop.product({ stock: 1_000 }),
    shop.product({ stock: 5 }),
  ]);
  const wish = (index: number): OrderWish => ({
    items: [{ productId: index % 5 === 0 ? few.id : plenty.id, quantity: 1 }],
    paymentToken: index % 7 === 0 ? "tok_declined" : "tok_visa",
    shippingAddress:
      index % 11 === 0 ? { ...anAddress, postalCode: "00000" } : anAddress,
  });
  return Promise.all(
    Array.from({ length: 50 }, async (_, index) => {
      await sleep(index * 20);
      return placedWhateverHappens(shop, customer, wish(index));
    }),
  );
}

const placedWhateverHappens = (
  shop: Shop,
  customer: Customer,
  wish: OrderWish,
): Promise<string> => {
  const key = newId();
  return eventually(
    async () => {
      const { status, body } = await shop.order(customer, wish, key);
      assert.equal(status, 202, JSON.stringify(body));
      return body.orderId as string;
    },
    { within: seconds(60), every: 250 },
  );
};
