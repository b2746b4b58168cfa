import type { Cause } from "@cartwright/contracts/message";
import type { Tx } from "@cartwright/database/tx";
import {
  recordAction,
  type Operator,
} from "@cartwright/messaging/operator-actions";
import { paymentStore } from "../db/payment-store.ts";
import type { DecideAll } from "../decide-all.ts";
import type { PaymentId, PaymentStatus } from "../domain/payment.ts";

/** Returns the payment's status; refuses where there is nothing to give back. */
export type RefundPayment = (
  tx: Tx,
  request: {
    readonly paymentId: PaymentId;
    readonly operator: Operator;
    readonly cause: Cause;
  },
) => Promise<PaymentStatus | undefined>;

/** Gives a payment's money back, and writes down who did it and why; a repetition does neither. */
export const refundsBy =
  (decideAll: DecideAll): RefundPayment =>
  async (tx, { paymentId, operator, cause }) => {
    const before = await paymentStore.loadMany(tx, [paymentId]);
    const input = { type: "refund" } as const;
    const after = await decideAll(tx, [{ paymentId, input, cause }]);
    const [from, to] = [before, after].map(
      (payments) => payments.get(paymentId)?.status,
    );
    if (from !== to)
      recordAction(tx, {
        ...{ operator, action: "payments.refund", target: paymentId },
        ...{ before: { status: from }, after: { status: to } },
      });
    return to;
  };
