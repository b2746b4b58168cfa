import type { OrderId, UserId } from "@cartwright/kernel/ids";
import { decimalsOf, type Money } from "@cartwright/kernel/money";
import { orderNumberOf } from "@cartwright/kernel/order-number";
import type { Values } from "./template.ts";

/** What a customer is to be told. */
export type NotificationRequest = {
  readonly orderId: OrderId;
  readonly customerId: UserId;
  readonly template: string;
  readonly values: Values;
};

/** The customer is told of every cancellation, whoever asked for it. */
export const cancellationNotice = (cancelled: {
  readonly orderId: string;
  readonly customerId: string;
  readonly orderNumber: string;
  readonly totalAmount: Money;
  readonly reason: string;
}): NotificationRequest => ({
  orderId: cancelled.orderId as OrderId,
  customerId: cancelled.customerId as UserId,
  template: "order-cancelled",
  values: {
    orderNumber: cancelled.orderNumber,
    total: inWords(cancelled.totalAmount),
    reason: cancelled.reason.replaceAll("-", " "),
  },
});

/** Money that staff gave back while the order stayed; a cancelled order has a notice of its own. */
export const refundNotice = (refund: {
  readonly orderId: string;
  readonly customerId?: string | undefined;
  readonly amount: Money;
  readonly reason?: string | undefined;
}): NotificationRequest | undefined =>
  refund.reason === "refund-requested" && refund.customerId !== undefined
    ? {
        orderId: refund.orderId as OrderId,
        customerId: refund.customerId as UserId,
        template: "order-refunded",
        values: {
          orderNumber: orderNumberOf(refund.orderId as OrderId),
          total: inWords(refund.amount),
        },
      }
    : undefined;

/** An amount as people read it, `EUR 29.99`; decimals as the currency has them. */
export function inWords({ amount, currency }: Money): string {
  const format = new Intl.NumberFormat("en", {
    style: "currency",
    currency,
    currencyDisplay: "code",
  });
  const written = format.format(amount / 10 ** decimalsOf(currency));
  return written.replace("\u00a0", " ");
}
