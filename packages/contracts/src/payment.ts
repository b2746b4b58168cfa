import { z } from "zod";
import { defineCommand, defineEvent } from "./define.ts";
import { idShape, moneyShape, timeShape } from "./shapes.ts";

const payment = { orderId: idShape, paymentId: idShape, amount: moneyShape };

/** The subject of every payment event: one payment per order. */
const subject = [
  "payment",
  (data: { paymentId: string }) => data.paymentId,
] as const;
const key = (data: { orderId: string }) => data.orderId;

export const paymentInitiated = defineEvent("payment.PaymentInitiated.v1", {
  data: z.object({ ...payment, initiatedAt: timeShape }),
  subject,
  key,
});

/** The provider needs longer, or something from the buyer; an answer follows. */
export const paymentActionRequired = defineEvent(
  "payment.PaymentActionRequired.v1",
  {
    data: z.object({ ...payment, action: z.string(), at: timeShape }),
    subject,
    key,
  },
);

export const paymentAuthorized = defineEvent("payment.PaymentAuthorized.v1", {
  data: z.object({ ...payment, authorizedAt: timeShape }),
  subject,
  key,
});

/** The money is captured. */
export const paymentProcessed = defineEvent("payment.PaymentProcessed.v1", {
  data: z.object({ ...payment, processedAt: timeShape }),
  subject,
  key,
});

export const paymentFailed = defineEvent("payment.PaymentFailed.v1", {
  data: z.object({
    ...payment,
    phase: z.enum(["authorization", "capture"]),
    /** A stable code, for instance `card-declined`, `insufficient-funds`. */
    code: z.string(),
    failedAt: timeShape,
  }),
  subject,
  key,
});

export const refundProcessed = defineEvent("payment.RefundProcessed.v1", {
  data: z.object({
    ...payment,
    refundId: idShape,
    refundedAt: timeShape,
    /** `refund-requested`: by staff, the order stays; `order-cancelled`: with the order. Older releases do not say. */
    reason: z.string().optional(),
    /** Whose money it was. Older releases do not say. */
    customerId: idShape.optional(),
  }),
  subject,
  key,
});

/** The payment holds no money any more: there was none, the hold was voided, or the capture was refunded. */
export const paymentCancelled = defineEvent("payment.PaymentCancelled.v1", {
  data: z.object({
    ...payment,
    outcome: z.enum(["none", "voided", "refunded"]),
    /** The money had been given back before, on request: there is no further refund. */
    refundedBefore: z.boolean().optional(),
    cancelledAt: timeShape,
  }),
  subject,
  key,
});

const commandSubject = [
  "order",
  (data: { orderId: string }) => data.orderId,
] as const;

export const authorizePayment = defineCommand("payment.AuthorizePayment.v1", {
  data: z.object({
    orderId: idShape,
    customerId: idShape,
    amount: moneyShape,
    /** The provider's token for the buyer's card; never a card number. */
    paymentToken: z.string().min(1).max(200),
  }),
  done: paymentAuthorized,
  refused: paymentFailed,
  subject: commandSubject,
});

export const capturePayment = defineCommand("payment.CapturePayment.v1", {
  data: z.object({ orderId: idShape }),
  done: paymentProcessed,
  refused: paymentFailed,
  subject: commandSubject,
});

export const cancelPayment = defineCommand("payment.CancelPayment.v1", {
  /** The amount lets the receiver answer even when the payment never began. */
  data: z.object({ orderId: idShape, amount: moneyShape }),
  done: paymentCancelled,
  undoes: [authorizePayment, capturePayment],
  subject: commandSubject,
});
