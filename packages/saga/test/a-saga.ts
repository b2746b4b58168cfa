import * as inventory from "@cartwright/contracts/inventory";
import * as payment from "@cartwright/contracts/payment";
import { hours, minutes } from "@cartwright/kernel/duration";
import { defineSaga, type SagaDefinition } from "@cartwright/saga/define-saga";

export type Memory = { readonly orderId: string; readonly paid?: string };
export type Decider = "confirm" | "cancel";

/** Version 1 of a small saga: reserve, then capture. */
export const buy = defineSaga<Memory, Decider>("buy", {
  version: 1,
  stuckAfter: hours(24),
})
  .compensatable("reserve", {
    command: ({ orderId }) =>
      inventory.reserveInventory({
        orderId,
        lines: [{ sku: "MUG", quantity: 1 }],
      }),
    undo: ({ orderId }) => inventory.releaseInventory({ orderId }),
    timeout: minutes(1),
  })
  .pivot("capture", {
    command: ({ orderId }) => payment.capturePayment({ orderId }),
    resendEvery: minutes(1),
    onYes: "confirm",
    onAnswer: (memory, { paymentId }) => ({ ...memory, paid: paymentId }),
  })
  .ending({ compensated: "cancel" });

/** Version 2 of it releases what it reserved when all is done: one step more. */
export const buyAndRelease = defineSaga<Memory, Decider>("buy", {
  version: 2,
  stuckAfter: hours(24),
})
  .compensatable("hold", {
    command: ({ orderId }) =>
      inventory.reserveInventory({
        orderId,
        lines: [{ sku: "MUG", quantity: 2 }],
      }),
    undo: ({ orderId }) => inventory.releaseInventory({ orderId }),
    timeout: minutes(1),
  })
  .pivot("capture", {
    command: ({ orderId }) => payment.capturePayment({ orderId }),
    resendEvery: minutes(1),
    onYes: "confirm",
  })
  .retriable("release", {
    command: ({ orderId }) => inventory.releaseInventory({ orderId }),
    resendEvery: minutes(1),
  })
  .ending({ compensated: "cancel" });

export type AnySaga = SagaDefinition<never, Decider>;
