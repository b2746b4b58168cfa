import assert from "node:assert/strict";
import { seconds } from "@cartwright/kernel/duration";
import { eventually } from "@cartwright/testing/eventually";
import type { Shop } from "../support/shop.ts";
import type { Backends } from "./backends.ts";
import { firing, query, untilShown } from "./prometheus.ts";
import { say } from "./say.ts";

/** As many logins as an address may try in a minute. */
export const loginLimit = 60;

/** Who guesses passwords does so from an address of their own. */
const somebodyElse = { "x-forwarded-for": "203.0.113.7" };

/** What a few orders a second do not bring about, and what shows it. */
export async function rareEvents(
  shop: Shop,
  { prometheus }: Backends,
): Promise<void> {
  const [customer, product] = [await shop.customer(), await shop.product()];
  const items = [{ productId: product.id, quantity: 1 }];
  const { token } = customer;

  const returned = await shop.placed(customer, { items });
  await shop.reaches(returned, "confirmed");
  await shop.post(`/orders/${returned}/cancellation`, { token, body: {} });
  await shop.reaches(returned, "cancelled");
  await lookedInto(shop, returned);
  const late = await shop.placed(customer, {
    ...{ items, paymentToken: "tok_timeout" },
  });
  await shop.reaches(late, "confirmed");
  for (let n = 0; n < 2 * loginLimit; n += 1)
    await shop.post("/auth/login", { body: {}, headers: somebodyElse });
  await untilShown(prometheus, [
    "cartwright_refunds_minor_units_total > 0",
    'cartwright_breaker_state{service="order", peer_service="payment"} == 0',
    'cartwright_log_lines_total{level="warn"} > 0',
    'cartwright_rate_limited_requests_total{limit="login"} > 0',
  ]);
  say(
    "a refund, a call between services, a late answer and too many logins are seen",
  );
}

/** An operator looks at a saga: order asks the participants whether they have set messages aside. */
async function lookedInto(shop: Shop, orderId: string): Promise<void> {
  const login = await shop.post("/auth/login", {
    body: { email: "operator@cartwright.example", password: "demo-password" },
  });
  const token: string = login.body.accessToken;
  const { status, body } = await shop.get(`/sagas/${orderId}`, { token });
  assert.deepEqual([status, body.parked.unknown], [200, []]);
}

/** A product is nearly sold out: the shop's staff is told, and nobody else. */
export async function stockRunsLow(
  shop: Shop,
  { prometheus }: Backends,
): Promise<void> {
  const customer = await shop.customer();
  const product = await shop.product({ stock: 10 });
  const items = [{ productId: product.id, quantity: 8 }];
  await shop.reaches(await shop.placed(customer, { items }), "confirmed");
  await eventually(
    async () => assert.deepEqual(await firing(prometheus), ["StockLow"]),
    { within: seconds(30), every: 500 },
  );
  assert.equal(
    (await query(prometheus, "cartwright_low_stock_alerts_total > 0")).length,
    1,
  );
  say("a product that is nearly sold out fires StockLow, for the shop's staff");
}
