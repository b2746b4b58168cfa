import {
  authorize,
  cancel,
  capture,
  type AuthorizeCommand,
  type CancelCommand,
  type CaptureCommand,
} from "./commands.ts";
import type { Decision } from "./decision.ts";
import {
  authorizationAnswered,
  captureAnswered,
  released,
  type AuthorizationOutcome,
  type CaptureOutcome,
  type ReleaseOutcome,
} from "./outcomes.ts";
import type { Payment } from "./payment.ts";
import {
  refund,
  refundAnswered,
  type RefundCommand,
  type RefundOutcome,
} from "./refund.ts";

export type PaymentCommand = AuthorizeCommand | CaptureCommand | CancelCommand;
export type ProviderOutcome =
  AuthorizationOutcome | CaptureOutcome | RefundOutcome | ReleaseOutcome;
export type PaymentInput = PaymentCommand | RefundCommand | ProviderOutcome;

/** The one place where a payment changes: a command or the provider's answer, and what follows from it. */
export function decide(
  payment: Payment | undefined,
  input: PaymentInput,
  at: Date,
): Decision {
  switch (input.type) {
    case "authorize":
      return authorize(payment, input, at);
    case "capture":
      return capture(payment, input, at);
    case "cancel":
      return cancel(payment, input, at);
    case "refund":
      return refund(payment, at);
    case "authorization":
      return authorizationAnswered(existing(payment), input, at);
    case "capture-answer":
      return captureAnswered(existing(payment), input, at);
    case "refund-answer":
      return refundAnswered(existing(payment), at);
    case "release":
      return released(existing(payment), input, at);
  }
}

function existing(payment: Payment | undefined): Payment {
  if (payment === undefined) {
    throw new Error("The provider answered for a payment that does not exist.");
  }
  return payment;
}
