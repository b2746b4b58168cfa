import type { Cause, Draft } from "@cartwright/contracts/message";
import * as contracts from "@cartwright/contracts/payment";
import type { PaymentEvent } from "./domain/decision.ts";
import type { Payment } from "./domain/payment.ts";

/** The published form of what was decided here. */
export function publishedForm(
  { id: paymentId, orderId, customerId }: Payment,
  event: PaymentEvent,
): Draft {
  const { amount } = event;
  const at = event.at.toISOString();
  const payment = { orderId, paymentId, amount };
  switch (event.type) {
    case "initiated":
      return contracts.paymentInitiated({ ...payment, initiatedAt: at });
    case "action-required": {
      const { action } = event;
      return contracts.paymentActionRequired({ ...payment, action, at });
    }
    case "authorized":
      return contracts.paymentAuthorized({ ...payment, authorizedAt: at });
    case "processed":
      return contracts.paymentProcessed({ ...payment, processedAt: at });
    case "failed": {
      const { phase, code } = event;
      return contracts.paymentFailed({ ...payment, phase, code, failedAt: at });
    }
    case "refunded": {
      const { refundId, reason } = event;
      const refund = { ...payment, refundId, refundedAt: at, reason };
      return contracts.refundProcessed(
        customerId === undefined ? refund : { ...refund, customerId },
      );
    }
    case "cancelled": {
      const { outcome, refundedBefore } = event;
      const end = { ...payment, outcome, cancelledAt: at };
      return contracts.paymentCancelled(
        refundedBefore ? { ...end, refundedBefore } : end,
      );
    }
  }
}

/** Only the event that settles a command names it: what happens on the way is no answer. */
export function causeOf({ type }: PaymentEvent, cause: Cause): Cause {
  switch (type) {
    case "authorized":
    case "processed":
    case "failed":
    case "cancelled":
      return cause;
    case "initiated":
    case "action-required":
    case "refunded":
      return {
        correlationId: cause.correlationId,
        ...(cause.causationId !== undefined && {
          causationId: cause.causationId,
        }),
        ...(cause.traceparent !== undefined && {
          traceparent: cause.traceparent,
        }),
      };
  }
}
