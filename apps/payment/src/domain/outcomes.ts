import { derivedId } from "@cartwright/kernel/ids";
import { isCancelled } from "./commands.ts";
import {
  decided,
  unchanged,
  type Decision,
  type TransferKind,
} from "./decision.ts";
import {
  moved,
  refundIdOf,
  type CancellationOutcome,
  type Payment,
} from "./payment.ts";

/** What the provider said to a call made for the command `id`. */
export type AuthorizationOutcome = {
  readonly type: "authorization";
  readonly id: string;
} & (
  | { readonly status: "authorized" }
  | { readonly status: "pending" }
  | { readonly status: "declined"; readonly code: string }
);
export type CaptureOutcome = {
  readonly type: "capture-answer";
  readonly id: string;
} & (
  | { readonly status: "captured" }
  | { readonly status: "declined"; readonly code: string }
);
export type ReleaseOutcome = {
  readonly type: "release";
  readonly id: string;
  readonly outcome: CancellationOutcome;
};

export function authorizationAnswered(
  payment: Payment,
  outcome: AuthorizationOutcome,
  at: Date,
): Decision {
  if (isCancelled(payment)) {
    const code = outcome.status === "declined" ? outcome.code : "cancelled";
    return decided(payment, at, {
      facts: [{ type: "failed", phase: "authorization", code }],
    });
  }
  if (payment.status !== "initiated" && payment.status !== "action-required") {
    return unchanged(payment);
  }
  switch (outcome.status) {
    case "authorized":
      return decided(moved(payment, "authorized", at), at, {
        facts: [{ type: "authorized" }],
      });
    case "declined": {
      const { code } = outcome;
      return decided(moved(payment, "failed", at, { failureCode: code }), at, {
        facts: [{ type: "failed", phase: "authorization", code }],
      });
    }
    case "pending":
      return stillPending(payment, outcome.id, at);
  }
}

function stillPending(payment: Payment, id: string, at: Date): Decision {
  if (payment.status === "action-required") return unchanged(payment);
  return decided(moved(payment, "action-required", at), at, {
    facts: [{ type: "action-required", action: "await-provider" }],
    calls: [{ kind: "await-authorization", id: derivedId("await", id) }],
  });
}

export function captureAnswered(
  payment: Payment,
  outcome: CaptureOutcome,
  at: Date,
): Decision {
  if (isCancelled(payment)) {
    const code = outcome.status === "declined" ? outcome.code : "cancelled";
    return decided(payment, at, {
      facts: [{ type: "failed", phase: "capture", code }],
    });
  }
  if (payment.status !== "capturing") return unchanged(payment);
  if (outcome.status === "captured") {
    return decided(moved(payment, "captured", at, { capturedAt: at }), at, {
      facts: [{ type: "processed" }],
      transfers: ["capture"],
    });
  }
  const { code } = outcome;
  return decided(
    moved(payment, "capture-failed", at, { failureCode: code }),
    at,
    {
      facts: [{ type: "failed", phase: "capture", code }],
    },
  );
}

/** The provider has confirmed that it holds nothing of this payment any more. */
export function released(
  payment: Payment,
  { outcome }: ReleaseOutcome,
  at: Date,
): Decision {
  if (payment.status !== "cancelling") {
    return decided(payment, at, {
      facts: [{ type: "cancelled", outcome: payment.outcome ?? outcome }],
    });
  }
  const cancelled = moved(payment, "cancelled", at, { outcome });
  if (outcome !== "refunded") {
    return decided(cancelled, at, { facts: [{ type: "cancelled", outcome }] });
  }
  return decided({ ...cancelled, capturedAt: payment.capturedAt ?? at }, at, {
    facts: [
      {
        type: "refunded",
        refundId: refundIdOf(payment.id),
        reason: "order-cancelled",
      },
      { type: "cancelled", outcome },
    ],
    transfers: refundTransfers(payment),
  });
}

/** A capture whose answer the cancellation overtook is entered together with its refund. */
const refundTransfers = ({ capturedAt }: Payment): TransferKind[] =>
  capturedAt === undefined ? ["capture", "refund"] : ["refund"];
