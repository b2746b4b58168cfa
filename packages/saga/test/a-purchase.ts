import * as inventory from "@cartwright/contracts/inventory";
import * as notification from "@cartwright/contracts/notification";
import * as payment from "@cartwright/contracts/payment";
import * as shipping from "@cartwright/contracts/shipping";
import { hours, minutes } from "@cartwright/kernel/duration";
import { defineSaga } from "@cartwright/saga/define-saga";

type Memory = { readonly orderId: string };
export type Decider = "confirm" | "cancel" | "complete";

const declared = (name: string) =>
  defineSaga<Memory, Decider>(name, { version: 1, stuckAfter: hours(24) });

const reserving = () =>
  declared("buy").compensatable("reserve", {
    command: ({ orderId }) =>
      inventory.reserveInventory({ orderId, lines: [] }),
    undo: ({ orderId }) => inventory.releaseInventory({ orderId }),
    timeout: minutes(1),
  });

const paid = (begun: ReturnType<typeof reserving>) =>
  begun
    .pivot("capture", {
      command: ({ orderId }) => payment.capturePayment({ orderId }),
      resendEvery: minutes(1),
      onYes: "confirm",
      onYesThoughUnwanted: (memory) => ({ saga: "undo", version: 1, memory }),
    })
    .retriable("tell", {
      command: ({ orderId }) =>
        notification.sendNotification({
          ...{ orderId, customerId: orderId, template: "bought", values: {} },
        }),
      resendEvery: minutes(1),
    })
    .ending({ compensated: "cancel", completed: "complete" });

/** One step before the pivot, one behind it. */
export const buy = paid(reserving());

/** Two steps before the pivot, one behind it. */
export const buyAndShip = paid(
  reserving().compensatable("ship", {
    command: ({ orderId }) =>
      shipping.createShipment({
        ...{ orderId, customerId: orderId, lines: [] },
        address: { name: "", line1: "", postalCode: "", city: "", country: "" },
      }),
    undo: ({ orderId }) => shipping.cancelShipment({ orderId }),
    timeout: minutes(1),
  }),
);

/** Nothing but a pivot. */
export const takeBack = declared("take-back")
  .pivot("ask", {
    command: ({ orderId }) => payment.capturePayment({ orderId }),
    resendEvery: minutes(1),
  })
  .ending({ compensated: "cancel" });

export type Purchase = typeof buy;
