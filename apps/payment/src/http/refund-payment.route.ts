import type { Transact } from "@cartwright/database/tx";
import { once, onceOf } from "@cartwright/http/idempotency";
import { accepted } from "@cartwright/http/reply";
import { post } from "@cartwright/http/route";
import type { RefundPayment } from "../commands/refund-payment.ts";
import { refundIdOf, type PaymentId } from "../domain/payment.ts";
import { paymentParams, refundBody, refundView } from "./schemas.ts";

export const refundPaymentRoute = ({
  db,
  refundPayment,
}: {
  readonly db: { readonly transaction: Transact };
  readonly refundPayment: RefundPayment;
}) =>
  post("/api/v1/payments/:paymentId/refunds", {
    summary:
      "Give back the whole of a captured payment; the order stays as it is",
    access: "payments.write",
    params: paymentParams,
    body: refundBody,
    responses: { 202: refundView },
    refusals: ["not-found", "not-captured", "given-back-already"],
    idempotency: "required",
    handle: ({ params, cause, ...request }) => {
      const paymentId = params.paymentId as PaymentId;
      const what = `POST /payments/${paymentId}/refunds`;
      const { user, body } = request;
      const operator = { id: user.id, reason: body.reason ?? "none given" };
      return once(db, onceOf(request, what), async (tx) => {
        const status = await refundPayment(tx, { paymentId, operator, cause });
        const refundId = refundIdOf(paymentId);
        return accepted(
          { refundId, paymentId, status },
          { location: `/api/v1/payments/${paymentId}` },
        );
      });
    },
  });
