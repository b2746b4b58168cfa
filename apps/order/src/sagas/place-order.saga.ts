import type { OrderItem, PostalAddress } from "@cartwright/contracts/shapes";
import * as inventory from "@cartwright/contracts/inventory";
import * as notification from "@cartwright/contracts/notification";
import * as payment from "@cartwright/contracts/payment";
import * as shipping from "@cartwright/contracts/shipping";
import { hours, minutes } from "@cartwright/kernel/duration";
import type { Money } from "@cartwright/kernel/money";
import { defineSaga } from "@cartwright/saga/define-saga";
import type { SagaId } from "@cartwright/saga/instance";
import { cancel, confirm, type OrderDecider } from "../domain/order.ts";
import { cancelOrderSaga } from "./cancel-order.saga.ts";

/** What the saga must remember between messages; stored as JSON on its instance row. */
export type PlaceOrderMemory = {
  orderId: string;
  orderNumber: string;
  customerId: string;
  items: OrderItem[];
  total: Money;
  paymentToken: string;
  address: PostalAddress;
};

/** The run that places an order has the order's id, so that a lost run can be begun again with the same commands. */
export const placingSagaOf = (orderId: string): SagaId => orderId as SagaId;

const lines = ({ items }: PlaceOrderMemory) =>
  items.map(({ sku, quantity }) => ({ sku, quantity }));

/**
 * Takes a placed order to confirmed. Runs top to bottom; if a step before the pivot is refused or
 * times out, or the pivot is refused, runs the compensations bottom to top.
 */
export const placeOrderSaga = defineSaga<PlaceOrderMemory, OrderDecider>(
  "place-order",
  {
    version: 1,
    stuckAfter: hours(24),
  },
)
  .compensatable("reserve-inventory", {
    command: (memory) =>
      inventory.reserveInventory({
        orderId: memory.orderId,
        lines: lines(memory),
      }),
    undo: ({ orderId }) => inventory.releaseInventory({ orderId }),
    timeout: minutes(1),
  })
  .compensatable("authorize-payment", {
    command: ({ orderId, customerId, total, paymentToken }) =>
      payment.authorizePayment({
        orderId,
        customerId,
        amount: total,
        paymentToken,
      }),
    undo: ({ orderId, total }) =>
      payment.cancelPayment({ orderId, amount: total }),
    timeout: minutes(15),
  })
  .compensatable("create-shipment", {
    command: (memory) =>
      shipping.createShipment({
        orderId: memory.orderId,
        customerId: memory.customerId,
        lines: lines(memory),
        address: memory.address,
      }),
    undo: ({ orderId }) => shipping.cancelShipment({ orderId }),
    timeout: minutes(5),
  })
  .pivot("capture-payment", {
    command: ({ orderId }) => payment.capturePayment({ orderId }),
    resendEvery: minutes(1),
    onYes: confirm,
    onYesThoughUnwanted: ({ orderId, total }) =>
      cancelOrderSaga.start({ orderId, total }),
  })
  .retriable("notify-customer", {
    command: ({ orderId, orderNumber, customerId }) =>
      notification.sendNotification({
        orderId,
        customerId,
        template: "order-confirmed",
        values: { orderNumber },
      }),
    resendEvery: minutes(10),
    bestEffort: true,
  })
  .ending({ compensated: cancel });
