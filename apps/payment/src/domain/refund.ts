import { Refusal } from "@cartwright/kernel/refusal";
import { decided, unchanged, type Decision } from "./decision.ts";
import { moved, refundIdOf, type Payment } from "./payment.ts";

/** Staff give the money back, whatever becomes of the order. */
export type RefundCommand = { readonly type: "refund" };

export type RefundOutcome = {
  readonly type: "refund-answer";
  readonly id: string;
  readonly status: "refunded";
};

export function refund(payment: Payment | undefined, at: Date): Decision {
  if (payment === undefined) {
    throw new Refusal("not-found", "There is no such payment.");
  }
  switch (payment.status) {
    case "captured":
      return decided(moved(payment, "refunding", at), at, {
        calls: [{ kind: "refund", id: refundIdOf(payment.id) }],
      });
    case "refunding":
    case "refunded":
      return unchanged(payment);
    case "cancelling":
    case "cancelled":
      if (payment.capturedAt !== undefined) throw givenBack(payment);
      throw notCaptured(payment);
    case "initiated":
    case "action-required":
    case "authorized":
    case "capturing":
    case "capture-failed":
    case "failed":
      throw notCaptured(payment);
  }
}

const notCaptured = ({ status }: Payment): Refusal =>
  new Refusal("not-captured", "No money was taken that could be given back.", {
    paymentStatus: status,
  });

const givenBack = ({ status }: Payment): Refusal =>
  new Refusal(
    "given-back-already",
    status === "cancelled"
      ? "The payment was cancelled, and the money given back."
      : "The payment is being cancelled, and the money given back with it.",
    { paymentStatus: status },
  );

/** A cancellation that came meanwhile gives the money back itself, and says so. */
export function refundAnswered(payment: Payment, at: Date): Decision {
  if (payment.status !== "refunding") return unchanged(payment);
  return decided(moved(payment, "refunded", at), at, {
    facts: [
      {
        type: "refunded",
        refundId: refundIdOf(payment.id),
        reason: "refund-requested",
      },
    ],
    transfers: ["refund"],
  });
}
