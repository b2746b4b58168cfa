import { setTimeout as sleep } from "node:timers/promises";
import { seconds, type Duration } from "@cartwright/kernel/duration";
import { newId } from "@cartwright/kernel/ids";
import type { Customer, OrderWish, Shop } from "../support/shop.ts";
import type { Answer } from "../support/http.ts";
import type { Sequel } from "./fates.ts";
import {
  isCertain,
  outcomeOf,
  type Adjustment,
  type Creation,
  type Posting,
  type Reply,
} from "./history.ts";

/** How long a client goes on with one key before it gives up and knows nothing. */
const patience = seconds(120);
const pause = 250;

/** Posts an order with one key until the answer is certain. */
export async function order(
  shop: Shop,
  customer: Customer,
  wish: OrderWish,
): Promise<Posting> {
  const posting: Posting = {
    key: newId(),
    customerId: customer.id,
    replies: [],
    misuses: [],
  };
  await untilCertain(posting.replies, () =>
    shop.order(customer, wish, posting.key),
  );
  return posting;
}

/** What the shopper of an accepted order does next. */
export async function sequel(
  then: Sequel,
  posting: Posting,
  { shop, customer, wish }: { shop: Shop; customer: Customer; wish: OrderWish },
): Promise<void> {
  switch (then) {
    case "nothing":
      return;
    case "cancel at once":
      return cancel(shop, customer, posting);
    case "cancel later":
      await sleep(Math.random() * seconds(4)); // at any moment of the saga, or after it
      return cancel(shop, customer, posting);
    case "repeat":
      await Promise.all(
        [1, 2, 3].map(() =>
          untilCertain(posting.replies, () =>
            shop.order(customer, wish, posting.key),
          ),
        ),
      );
      return;
    case "misuse":
      await untilCertain(posting.misuses, () =>
        shop.order(
          customer,
          { ...wish, paymentToken: "tok_declined" },
          posting.key,
        ),
      );
  }
}

async function cancel(
  shop: Shop,
  { token }: Customer,
  posting: Posting,
): Promise<void> {
  const orderId = posting.replies.find((reply) => reply.orderId)?.orderId;
  const replies: Reply[] = [];
  await untilCertain(replies, () =>
    shop.post(`/orders/${orderId}/cancellation`, { token, body: {} }),
  );
  posting.cancellation = outcomeOf({ replies });
}

/** Posts an order once, whatever comes of it. */
export async function orderOnce(
  shop: Shop,
  customer: Customer,
  wish: OrderWish,
): Promise<Posting> {
  const key = newId();
  const replies = [await replyOnce(() => shop.order(customer, wish, key))];
  return { key, customerId: customer.id, replies, misuses: [] };
}

/** Puts a product on sale with one key until the answer is certain. */
export async function putOnSale(
  shop: Shop,
  details: object = { description: "" },
): Promise<Creation> {
  const creation: Creation = { key: newId(), replies: [] };
  const sku = `NEW-${creation.key.slice(-12)}`.toUpperCase();
  await untilCertain(creation.replies, () =>
    shop.post("/products", {
      token: shop.staff.token,
      idempotencyKey: creation.key,
      body: {
        sku,
        name: `Product ${sku}`,
        ...details,
        price: { amount: 999, currency: "EUR" },
      },
    }),
  );
  return creation;
}

/** Brings units in with one key until the answer is certain. */
export async function bringIn(
  shop: Shop,
  sku: string,
  delta: number,
): Promise<Adjustment> {
  const adjustment: Adjustment = { key: newId(), sku, delta, replies: [] };
  await untilCertain(adjustment.replies, () =>
    shop.post(`/inventory/${sku}/adjustments`, {
      token: shop.staff.token,
      idempotencyKey: adjustment.key,
      body: { delta, reason: "delivery" },
    }),
  );
  return adjustment;
}

async function untilCertain(
  replies: Reply[],
  ask: () => Promise<Answer>,
  within: Duration = patience,
): Promise<void> {
  const end = performance.now() + within;
  for (;;) {
    const reply = await replyOnce(ask);
    replies.push(reply);
    if (isCertain(reply) || performance.now() > end) return;
    await sleep(pause);
  }
}

/** Status 0 is no answer. */
export const replyOnce = (ask: () => Promise<Answer>): Promise<Reply> =>
  ask().then(replyOf, () => ({ status: 0 }));

function replyOf({ status, body }: Answer): Reply {
  const { orderId, code } = (body ?? {}) as { orderId?: string; code?: string };
  return {
    status,
    ...(orderId !== undefined && { orderId }),
    ...(code !== undefined && { code }),
  };
}
