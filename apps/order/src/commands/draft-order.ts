import type { Cause } from "@cartwright/contracts/message";
import { accepted, type Reply } from "@cartwright/http/reply";
import { newId, type UserId } from "@cartwright/kernel/ids";
import { orderNumberOf } from "@cartwright/kernel/order-number";
import { Refusal } from "@cartwright/kernel/refusal";
import type { Advanced } from "@cartwright/saga/advance";
import type { SagaEngine } from "@cartwright/saga/engine";
import type { KeyedReply } from "../db/idempotency-store.ts";
import type { Decided } from "../db/order-store.ts";
import {
  place,
  type Order,
  type OrderDecider,
  type ShippingAddress,
} from "../domain/order.ts";
import { price, type Product, type RequestedItem } from "../domain/pricing.ts";
import { placeOrderSaga, placingSagaOf } from "../sagas/place-order.saga.ts";

export type PlaceOrderRequest = {
  readonly customerId: UserId;
  readonly items: readonly RequestedItem[];
  readonly paymentToken: string;
  readonly shippingAddress: ShippingAddress;
  readonly idempotencyKey: string;
  readonly fingerprint: string;
  readonly cause: Cause;
};

/** An order decided on and ready to be saved, with its saga and the reply that its key will keep. */
export type DraftedOrder = KeyedReply & {
  readonly decided: Decided;
  readonly saga: Advanced<OrderDecider>;
};

/** Keys are bound to the customer and the route. */
export const scopeOf = ({ customerId }: PlaceOrderRequest): string =>
  `${customerId} POST /orders`;

/** Everything about an order that can be decided before its transaction; nothing is written. */
export function draftOrder(
  request: PlaceOrderRequest,
  products: ReadonlyMap<string, Product>,
  sagas: SagaEngine<OrderDecider>,
  at: Date,
): DraftedOrder | Refusal {
  try {
    const id = newId<"order">();
    const { customerId, shippingAddress, cause } = request;
    const priced = price(request.items, (product) => products.get(product));
    const number = orderNumberOf(id);
    const placement = { id, number, customerId, shippingAddress, ...priced };
    const decision = place(placement, at);
    const start = placeOrderSaga.start(memoryOf(decision.order, request));
    return {
      scope: scopeOf(request),
      key: request.idempotencyKey,
      fingerprint: request.fingerprint,
      reply: replyFor(decision.order),
      decided: { ...decision, cause },
      // The order's own id: whoever knows the order knows the ids of the commands that it was placed by.
      saga: sagas.begin(start, { key: id, cause, id: placingSagaOf(id) }),
    };
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

const memoryOf = (
  order: Order,
  { paymentToken, shippingAddress }: PlaceOrderRequest,
) => ({
  orderId: order.id,
  orderNumber: order.number,
  customerId: order.customerId,
  items: [...order.items],
  total: order.total,
  paymentToken,
  address: shippingAddress,
});

const replyFor = ({ id, number, status, total }: Order): Reply =>
  accepted(
    {
      orderId: id,
      orderNumber: number,
      status,
      totalAmount: total,
      message: "The order is accepted and on its way to being confirmed.",
    },
    { location: `/api/v1/orders/${id}` },
  );
