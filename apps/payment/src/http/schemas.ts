import { moneyShape } from "@cartwright/contracts/shapes";
import { idParam } from "@cartwright/http/id-param";
import { operatorReason } from "@cartwright/http/operator-reason";
import { z } from "zod";
import { paymentStatuses } from "../domain/payment.ts";

export const paymentParams = z.object({ paymentId: idParam });

export const paymentsQuery = z.strictObject({
  orderId: idParam.optional(),
  status: z.enum(paymentStatuses).optional(),
  /** The `nextCursor` of the page before. */
  cursor: idParam.optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
});

export const paymentView = z.object({
  paymentId: z.guid(),
  orderId: z.guid(),
  amount: moneyShape,
  status: z.enum(paymentStatuses),
  /** Why the authorization or the capture was refused. */
  failureCode: z.string().optional(),
  /** What a cancellation found to give back. */
  outcome: z.enum(["none", "voided", "refunded"]).optional(),
  /** The money that moved. */
  transfers: z.array(
    z.object({
      kind: z.enum(["capture", "refund"]),
      amount: moneyShape,
      postedAt: z.iso.datetime(),
    }),
  ),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});

export const paymentsView = z.object({
  items: z.array(paymentView),
  nextCursor: z.guid().optional(),
});

/** Nothing to say is said by no body, too. */
export const refundBody = z
  .strictObject({ reason: operatorReason.optional() })
  .default({});

export const refundView = z.object({
  refundId: z.guid(),
  paymentId: z.guid(),
  /** `refunding` until the provider has confirmed it. */
  status: z.enum(paymentStatuses),
});

export const providerParams = z.object({ provider: z.string().max(50) });

/** As much of a provider's news as is needed: what it says is looked up, not believed. */
export const webhookBody = z.object({
  type: z.string().min(1).max(100),
  data: z.object({ reference: z.string().min(1).max(200) }),
});
