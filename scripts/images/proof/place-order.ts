import { eventually } from "@cartwright/testing/eventually";
import { seconds } from "@cartwright/kernel/duration";
import { newCustomer, orderOf, type Json } from "./new-customer.ts";
import { say } from "./shell.ts";

/** What the shop answers to an order that it accepts. */
export type Accepted = { readonly id: string; readonly message: string };

export type Shopper = {
  /** Orders one of the shop's first product. */
  order(): Promise<Accepted>;
  /** Resolves when the order is confirmed. */
  confirmed(order: Accepted): Promise<void>;
};

/** As a shopper would with curl: registers, logs in, orders the first product, and waits until it is confirmed. */
export async function placeOrder(api: string): Promise<void> {
  const { order, confirmed } = await shopper(api);
  await confirmed(await order());
  say("An order is confirmed");
}

/** Registers somebody new and logs in. */
export async function shopper(api: string): Promise<Shopper> {
  const call = await newCustomer({ api, within: seconds(10) });
  const { items } = await call("/products");
  const [product] = items as Json[];
  if (!product) throw new Error("The shop has no products to order.");
  const wish = orderOf(String(product["id"]));
  return {
    async order() {
      const { orderId, message } = await call("/orders", { body: wish });
      return { id: String(orderId), message: String(message) };
    },
    confirmed: ({ id }) => untilConfirmed(() => call(`/orders/${id}`)),
  };
}

const untilConfirmed = (look: () => Promise<Json>): Promise<void> =>
  eventually(
    async () => {
      const { status } = await look();
      if (status !== "confirmed")
        throw new Error(`The order is ${String(status)} instead of confirmed.`);
    },
    { within: seconds(60), every: 100 },
  );
