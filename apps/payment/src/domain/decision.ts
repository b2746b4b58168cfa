import type { Money } from "@cartwright/kernel/money";
import type { CancellationOutcome, Payment, RefundId } from "./payment.ts";

export type PaymentPhase = "authorization" | "capture";

/** What has become known about a payment. */
export type PaymentFact =
  | { readonly type: "initiated" }
  | { readonly type: "action-required"; readonly action: string }
  | { readonly type: "authorized" }
  | { readonly type: "processed" }
  | {
      readonly type: "failed";
      readonly phase: PaymentPhase;
      readonly code: string;
    }
  | {
      readonly type: "refunded";
      readonly refundId: RefundId;
      /** Whether staff asked for it, or the order is cancelled. */
      readonly reason: "refund-requested" | "order-cancelled";
    }
  | {
      readonly type: "cancelled";
      readonly outcome: CancellationOutcome;
      /** The money had been given back before, on request. */
      readonly refundedBefore?: true;
    };

/** A fact with its place among the payment's published events. */
export type PaymentEvent = PaymentFact & {
  readonly amount: Money;
  readonly sequence: number;
  readonly at: Date;
};

/** What the provider is to be asked; made after the commit, for the command `id`. */
export type ProviderCall =
  | {
      readonly kind: "authorize";
      readonly id: string;
      readonly paymentToken: string;
    }
  /** Look again at an authorization that the provider called pending. */
  | { readonly kind: "await-authorization"; readonly id: string }
  | { readonly kind: "capture"; readonly id: string }
  | { readonly kind: "refund"; readonly id: string }
  /** Give back whatever the authorization holds: void, refund, or nothing. */
  | { readonly kind: "release"; readonly id: string };

/** A movement of money between the two accounts of the ledger. */
export type TransferKind = "capture" | "refund";

export type Decision = {
  readonly payment: Payment;
  readonly events: readonly PaymentEvent[];
  readonly calls: readonly ProviderCall[];
  readonly transfers: readonly TransferKind[];
  /** Whether calls that wait for their turn should be made at once. */
  readonly hasten: boolean;
};

type Consequences = {
  readonly facts?: readonly PaymentFact[];
  readonly calls?: readonly ProviderCall[];
  readonly transfers?: readonly TransferKind[];
  readonly hasten?: boolean;
};

/** The payment as it now is, with what follows; facts get their sequence here. */
export function decided(
  payment: Payment,
  at: Date,
  { facts = [], calls = [], transfers = [], hasten = false }: Consequences,
): Decision {
  const events = facts.map((fact, index) => ({
    ...fact,
    amount: payment.amount,
    sequence: payment.eventSequence + index + 1,
    at,
  }));
  return {
    payment: {
      ...payment,
      eventSequence: payment.eventSequence + facts.length,
      updatedAt: at,
    },
    events,
    calls,
    transfers,
    hasten,
  };
}

/** Already so, or already under way: nothing to do. */
export const unchanged = (payment: Payment): Decision => ({
  payment,
  events: [],
  calls: [],
  transfers: [],
  hasten: false,
});
