import * as inventory from "@cartwright/contracts/inventory";
import * as payment from "@cartwright/contracts/payment";
import * as shipping from "@cartwright/contracts/shipping";
import { hours, minutes } from "@cartwright/kernel/duration";
import type { Money } from "@cartwright/kernel/money";
import { defineSaga } from "@cartwright/saga/define-saga";
import {
  cancel,
  declineCancellation,
  type OrderDecider,
} from "../domain/order.ts";

export type CancelOrderMemory = { orderId: string; total: Money };

/**
 * Takes back an order whose money is captured. The parcel decides: once it has left it is too late;
 * while it is held, everything else follows.
 */
export const cancelOrderSaga = defineSaga<CancelOrderMemory, OrderDecider>(
  "cancel-order",
  {
    version: 1,
    stuckAfter: hours(24),
  },
)
  .pivot("cancel-shipment", {
    command: ({ orderId }) => shipping.cancelShipment({ orderId }),
    resendEvery: minutes(1),
  })
  .retriable("cancel-payment", {
    command: ({ orderId, total }) =>
      payment.cancelPayment({ orderId, amount: total }),
    resendEvery: minutes(1),
  })
  .retriable("release-inventory", {
    command: ({ orderId }) => inventory.releaseInventory({ orderId }),
    resendEvery: minutes(1),
  })
  .ending({ completed: cancel, compensated: declineCancellation });
