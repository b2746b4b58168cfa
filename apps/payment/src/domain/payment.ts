import {
  derivedId,
  type Id,
  type OrderId,
  type UserId,
} from "@cartwright/kernel/ids";
import type { Money } from "@cartwright/kernel/money";

export type PaymentId = Id<"payment">;
export type RefundId = Id<"refund">;

/** One payment per order; its id follows from the order's. */
export const paymentIdOf = (orderId: string): PaymentId =>
  derivedId("payment", orderId);

/** A payment is refunded once and whole. */
export const refundIdOf = (paymentId: PaymentId): RefundId =>
  derivedId("refund", paymentId);

/** Each status and what may follow it. */
export const transitions = {
  initiated: ["action-required", "authorized", "failed", "cancelling"],
  "action-required": ["authorized", "failed", "cancelling"],
  authorized: ["capturing", "cancelling"],
  capturing: ["captured", "capture-failed", "cancelling"],
  captured: ["refunding", "cancelling"],
  refunding: ["refunded", "cancelling"],
  refunded: ["cancelled"],
  /** The capture was refused; the hold still stands. */
  "capture-failed": ["cancelling"],
  /** Nothing was authorized, so there is nothing to give back. */
  failed: ["cancelled"],
  cancelling: ["cancelled"],
  cancelled: [],
} as const;
export type PaymentStatus = keyof typeof transitions;

export const paymentStatuses = Object.keys(transitions) as PaymentStatus[];

/** What a cancellation found to give back. */
export type CancellationOutcome = "none" | "voided" | "refunded";

export type Payment = {
  readonly id: PaymentId;
  readonly orderId: OrderId;
  /** Unknown while only a cancellation has been heard of. */
  readonly customerId: UserId | undefined;
  readonly amount: Money;
  readonly status: PaymentStatus;
  /** Names the authorization at the provider; absent when none was ever asked for. */
  readonly authorizationKey: string | undefined;
  readonly failureCode: string | undefined;
  readonly outcome: CancellationOutcome | undefined;
  readonly capturedAt: Date | undefined;
  /** Events published so far. */
  readonly eventSequence: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
};

/** The payment in its next status; a step the table does not know is a bug, not a refusal. */
export function moved(
  payment: Payment,
  status: PaymentStatus,
  at: Date,
  changes: Partial<Payment> = {},
): Payment {
  const allowed: readonly PaymentStatus[] = transitions[payment.status];
  if (!allowed.includes(status)) {
    throw new Error(
      `Payment ${payment.id} cannot go from ${payment.status} to ${status}.`,
    );
  }
  return { ...payment, ...changes, status, updatedAt: at };
}
