import type { Cause } from "@cartwright/contracts/message";
import type { Money } from "@cartwright/kernel/money";

/** What the provider holds under one key. */
export type Authorization = {
  readonly status:
    "pending" | "authorized" | "declined" | "captured" | "voided" | "refunded";
  /** Why the authorization was declined. */
  readonly declineCode?: string | undefined;
  /** Why the capture was declined; the hold stands. */
  readonly captureDeclineCode?: string | undefined;
};

export type AuthorizationRequest = {
  /** Chosen by us: the same key never authorizes twice. */
  readonly key: string;
  /** Our payment's id, for webhooks and for people. */
  readonly reference: string;
  readonly amount: Money;
  /** The provider's token for the buyer's card. */
  readonly paymentToken: string;
};

/**
 * Who moves the money. Every operation may be repeated and answers with what is then held: an
 * operation that the state does not allow changes nothing and answers likewise. Rejects only when
 * the outcome is unknown. A request shows in the trace of its `cause`.
 */
export type PaymentProvider = {
  authorize(
    request: AuthorizationRequest,
    signal: AbortSignal,
    cause?: Cause,
  ): Promise<Authorization>;
  find(
    key: string,
    signal: AbortSignal,
    cause?: Cause,
  ): Promise<Authorization | undefined>;
  capture(
    key: string,
    signal: AbortSignal,
    cause?: Cause,
  ): Promise<Authorization>;
  void(key: string, signal: AbortSignal, cause?: Cause): Promise<Authorization>;
  refund(
    key: string,
    signal: AbortSignal,
    cause?: Cause,
  ): Promise<Authorization>;
};
