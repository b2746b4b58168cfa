import type { OrderId, UserId } from "@cartwright/kernel/ids";
import { zero, type Money } from "@cartwright/kernel/money";
import {
  decided,
  unchanged,
  type Decision,
  type PaymentPhase,
} from "./decision.ts";
import {
  moved,
  paymentIdOf,
  type CancellationOutcome,
  type Payment,
} from "./payment.ts";

export type AuthorizeCommand = {
  readonly type: "authorize";
  /** The command's id, and with it the authorization's key at the provider. */
  readonly id: string;
  readonly orderId: OrderId;
  readonly customerId: UserId;
  readonly amount: Money;
  readonly paymentToken: string;
};
export type CaptureCommand = {
  readonly type: "capture";
  readonly id: string;
  readonly orderId: OrderId;
};
export type CancelCommand = {
  readonly type: "cancel";
  readonly id: string;
  readonly orderId: OrderId;
  readonly amount: Money;
};

export function authorize(
  payment: Payment | undefined,
  command: AuthorizeCommand,
  at: Date,
): Decision {
  if (payment === undefined) {
    const { customerId, amount, id, paymentToken } = command;
    return decided(
      begun(command.orderId, at, {
        status: "initiated",
        customerId,
        amount,
        authorizationKey: id,
      }),
      at,
      {
        facts: [{ type: "initiated" }],
        calls: [{ kind: "authorize", id, paymentToken }],
      },
    );
  }
  if (isCancelled(payment)) {
    const known = { ...payment, customerId: command.customerId };
    return refused(known, "authorization", "cancelled", at);
  }
  return payment.authorizationKey === command.id
    ? unchanged(payment)
    : refused(payment, "authorization", "payment-exists", at);
}

export function capture(
  payment: Payment | undefined,
  command: CaptureCommand,
  at: Date,
): Decision {
  if (payment === undefined) {
    return refused(
      neverAuthorized(command, at),
      "capture",
      "not-authorized",
      at,
    );
  }
  switch (payment.status) {
    case "authorized":
      return decided(moved(payment, "capturing", at), at, {
        calls: [{ kind: "capture", id: command.id }],
      });
    case "capturing":
      return unchanged(payment);
    case "captured":
    case "refunding":
    case "refunded":
      return decided(payment, at, { facts: [{ type: "processed" }] });
    case "capture-failed":
      return refused(payment, "capture", payment.failureCode ?? "declined", at);
    case "cancelling":
    case "cancelled":
      return refused(payment, "capture", "cancelled", at);
    case "initiated":
    case "action-required":
    case "failed":
      return refused(payment, "capture", "not-authorized", at);
  }
}

/**
 * From here on nothing is authorized or captured any more. What the provider may already hold is
 * given back first, and only then is the command answered.
 */
export function cancel(
  payment: Payment | undefined,
  command: CancelCommand,
  at: Date,
): Decision {
  if (payment === undefined) {
    const { orderId, amount } = command;
    return decided(
      begun(orderId, at, { status: "cancelled", amount, outcome: "none" }),
      at,
      { facts: [{ type: "cancelled", outcome: "none" }] },
    );
  }
  switch (payment.status) {
    case "failed":
      return cancelledAtOnce(payment, { outcome: "none" }, at);
    case "refunded":
      return cancelledAtOnce(payment, refundedBefore, at);
    case "cancelled":
      return decided(payment, at, {
        facts: [{ type: "cancelled", outcome: payment.outcome ?? "none" }],
      });
    case "cancelling":
      return decided(payment, at, { calls: [release(command)], hasten: true });
    case "initiated":
    case "action-required":
    case "authorized":
    case "capturing":
    case "captured":
    case "capture-failed":
    case "refunding":
      return decided(moved(payment, "cancelling", at), at, {
        calls: [release(command)],
        hasten: true,
      });
  }
}

export const isCancelled = ({ status }: Payment): boolean =>
  status === "cancelling" || status === "cancelled";

const refundedBefore = { outcome: "refunded", refundedBefore: true } as const;

const cancelledAtOnce = (
  payment: Payment,
  end: {
    readonly outcome: CancellationOutcome;
    readonly refundedBefore?: true;
  },
  at: Date,
): Decision =>
  decided(moved(payment, "cancelled", at, { outcome: end.outcome }), at, {
    facts: [{ type: "cancelled", ...end }],
  });

const release = ({ id }: CancelCommand) => ({ kind: "release", id }) as const;

const refused = (
  payment: Payment,
  phase: PaymentPhase,
  code: string,
  at: Date,
): Decision =>
  decided(payment, at, { facts: [{ type: "failed", phase, code }] });

/** A payment nobody asked for; XXX is ISO 4217 for "no currency". */
const neverAuthorized = ({ orderId }: CaptureCommand, at: Date): Payment =>
  begun(orderId, at, {
    status: "failed",
    amount: zero("XXX"),
    failureCode: "not-authorized",
  });

const begun = (
  orderId: OrderId,
  at: Date,
  first: Pick<Payment, "status" | "amount"> & Partial<Payment>,
): Payment => ({
  id: paymentIdOf(orderId),
  orderId,
  customerId: undefined,
  authorizationKey: undefined,
  failureCode: undefined,
  outcome: undefined,
  capturedAt: undefined,
  eventSequence: 0,
  createdAt: at,
  updatedAt: at,
  ...first,
});
