import type { Transact } from "@cartwright/database/tx";
import { once, onceOf } from "@cartwright/http/idempotency";
import { accepted } from "@cartwright/http/reply";
import { post } from "@cartwright/http/route";
import type { DecideAll } from "../decide-all.ts";
import { refundIdOf, type PaymentId } from "../domain/payment.ts";
import { paymentParams, refundView } from "./schemas.ts";

export const refundPaymentRoute = ({
  db,
  decideAll,
}: {
  readonly db: { readonly transaction: Transact };
  readonly decideAll: DecideAll;
}) =>
  post("/api/v1/payments/:paymentId/refunds", {
    summary:
      "Give back the whole of a captured payment; the order stays as it is",
    access: "payments.write",
    params: paymentParams,
    responses: { 202: refundView },
    refusals: ["not-found", "not-captured"],
    idempotency: "required",
    handle: ({ params, cause, ...request }) => {
      const paymentId = params.paymentId as PaymentId;
      const what = `POST /payments/${paymentId}/refunds`;
      return once(db, onceOf(request, what), async (tx) => {
        const input = { type: "refund" } as const;
        const payments = await decideAll(tx, [{ paymentId, input, cause }]);
        const status = payments.get(paymentId)?.status;
        const refundId = refundIdOf(paymentId);
        return accepted(
          { refundId, paymentId, status },
          { location: `/api/v1/payments/${paymentId}` },
        );
      });
    },
  });
