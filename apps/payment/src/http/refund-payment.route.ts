import type { Transact } from "@cartwright/database/tx";
import { fingerprintOf, once } from "@cartwright/http/idempotency";
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
    refusals: ["not-found", "not-captured", "given-back-already"],
    idempotency: "required",
    handle: ({ params, user, idempotencyKey, rawBody, cause }) => {
      const paymentId = params.paymentId as PaymentId;
      const request = {
        scope: `${user.id} POST /payments/${paymentId}/refunds`,
        key: idempotencyKey,
        fingerprint: fingerprintOf(rawBody),
      };
      return once(db, request, async (tx) => {
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
