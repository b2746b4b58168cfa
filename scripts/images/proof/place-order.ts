import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { say } from "./shell.ts";

type Json = Readonly<Record<string, unknown>>;

/** As a shopper would with curl: registers, logs in, orders the first product, and waits until it is confirmed. */
export async function placeOrder(api: string): Promise<string> {
  const email = `${randomUUID()}@shop.example`;
  const password = randomUUID();
  const name = "A. Shopper";
  await call(api, "/auth/register", { email, password, name });
  const { accessToken } = await call(api, "/auth/login", { email, password });
  const token = String(accessToken);
  const { items } = await call(api, "/products", undefined, token);
  const [product] = items as Json[];
  if (!product) throw new Error("The shop has no products to order.");
  const { orderId, orderNumber } = await call(
    api,
    "/orders",
    {
      items: [{ productId: product["id"], quantity: 1 }],
      paymentToken: "tok_visa",
      shippingAddress: {
        ...{ name, line1: "1 Example Street", postalCode: "10115" },
        ...{ city: "Berlin", country: "DE" },
      },
    },
    token,
  );
  say(`Placed order ${String(orderNumber)}`);
  return untilConfirmed(() =>
    call(api, `/orders/${String(orderId)}`, undefined, token),
  );
}

async function untilConfirmed(look: () => Promise<Json>): Promise<string> {
  const end = performance.now() + 60_000;
  for (;;) {
    const status = String((await look())["status"]);
    if (status === "confirmed") return status;
    if (status !== "pending" || performance.now() > end)
      throw new Error(`The order is ${status} instead of confirmed.`);
    await sleep(100);
  }
}

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
