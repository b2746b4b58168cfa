import { isStaff, type Principal } from "@cartwright/auth/principal";
import { validationFailed } from "@cartwright/http/faults";
import { fingerprintOf } from "@cartwright/http/idempotency";
import type { Reply } from "@cartwright/http/reply";
import { post } from "@cartwright/http/route";
import type { UserId } from "@cartwright/kernel/ids";
import { Refusal } from "@cartwright/kernel/refusal";
import type { CheckCustomer } from "../commands/check-customer.ts";
import type { PlaceOrderRequest } from "../commands/draft-order.ts";
import type { ShippingAddress } from "../domain/order.ts";
import { orderAccepted, placeOrderBody } from "./schemas.ts";

/** What an order gets that names no card or address: only where a shop is tried out. */
export type Defaults = {
  readonly paymentToken: string | undefined;
  readonly shippingAddress: ShippingAddress | undefined;
};

export const placeOrderRoute = (
  placeOrder: (request: PlaceOrderRequest) => Promise<Reply>,
  checkCustomer: CheckCustomer,
  defaults: Defaults,
) =>
  post("/api/v1/orders", {
    summary:
      "Place an order; it is accepted at once and confirmed in the background",
    access: "orders.write",
    body: placeOrderBody,
    responses: { 202: orderAccepted },
    refusals: [
      "unknown-product",
      "price-changed",
      "mixed-currencies",
      "order-too-large",
      "catalog-unavailable",
      "unknown-customer",
      "identity-unavailable",
    ],
    idempotency: "required",
    handle: async ({ body, user, idempotencyKey = "", rawBody, cause }) =>
      placeOrder({
        customerId: await customerOf(body.customerId, user, (id) =>
          checkCustomer(id, cause),
        ),
        items: body.items,
        paymentToken: needed(
          "paymentToken",
          body.paymentToken ?? defaults.paymentToken,
        ),
        shippingAddress: needed(
          "shippingAddress",
          body.shippingAddress ?? defaults.shippingAddress,
        ),
        idempotencyKey,
        fingerprint: fingerprintOf(rawBody),
        cause,
      }),
  });

/** Whoever orders for himself is known by his token; of others identity is asked. */
async function customerOf(
  asked: string | undefined,
  user: Principal,
  check: (customerId: string) => Promise<void>,
): Promise<UserId> {
  if (asked === undefined || asked === user.id) return user.id as UserId;
  if (!isStaff(user)) {
    throw new Refusal("forbidden", "An order can only be placed for yourself.");
  }
  await check(asked);
  return asked as UserId;
}

function needed<T>(field: string, value: T | undefined): T {
  if (value !== undefined) return value;
  throw validationFailed([{ path: field, message: "This is required." }]);
}
