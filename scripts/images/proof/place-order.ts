import { randomUUID } from "node:crypto";
import { eventually } from "@cartwright/testing/eventually";
import { seconds } from "@cartwright/kernel/duration";
import { say } from "./shell.ts";

type Json = Readonly<Record<string, unknown>>;

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
  const email = `${randomUUID()}@shop.example`;
  const password = randomUUID();
  const name = "A. Shopper";
  await call(api, "/auth/register", { email, password, name });
  const { accessToken } = await call(api, "/auth/login", { email, password });
  const token = String(accessToken);
  const { items } = await call(api, "/products", undefined, token);
  const [product] = items as Json[];
  if (!product) throw new Error("The shop has no products to order.");
  const wish = orderOf(String(product["id"]), name);
  return {
    async order() {
      const { orderId, message } = await call(api, "/orders", wish, token);
      return { id: String(orderId), message: String(message) };
    },
    confirmed: ({ id }) =>
      untilConfirmed(() => call(api, `/orders/${id}`, undefined, token)),
  };
}

const orderOf = (productId: string, name: string): Json => ({
  items: [{ productId, quantity: 1 }],
  paymentToken: "tok_visa",
  shippingAddress: {
    ...{ name, line1: "1 Example Street", postalCode: "10115" },
    ...{ city: "Berlin", country: "DE" },
  },
});

const untilConfirmed = (look: () => Promise<Json>): Promise<void> =>
  eventually(
    async () => {
      const { status } = await look();
      if (status !== "confirmed")
        throw new Error(`The order is ${String(status)} instead of confirmed.`);
    },
    { within: seconds(60), every: 100 },
  );

async function call(
  api: string,
  path: string,
  body?: Json,
  token?: string,
): Promise<Json> {
  const response = await fetch(`${api}${path}`, {
    method: body ? "POST" : "GET",
    headers: {
      "content-type": "application/json",
      "idempotency-key": randomUUID(),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    ...(body && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(10_000),
  });
  const text = await response.text();
  if (!response.ok)
    throw new Error(`${path} answered ${response.status}: ${text}`);
  return JSON.parse(text) as Json;
}
