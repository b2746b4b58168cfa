import type { StoredPayment } from "../db/payment-reader.ts";

export const viewOfPayment = (payment: StoredPayment) => ({
  paymentId: payment.id,
  orderId: payment.orderId,
  amount: moneyOf(payment),
  status: payment.status,
  failureCode: payment.failureCode ?? undefined,
  outcome: payment.outcome ?? undefined,
  transfers: payment.transfers.map((transfer) => ({
    kind: transfer.kind,
    amount: moneyOf(transfer),
    postedAt: transfer.postedAt.toISOString(),
  })),
  createdAt: payment.createdAt.toISOString(),
  updatedAt: payment.updatedAt.toISOString(),
});

const moneyOf = ({
  amount,
  currency,
}: {
  amount: bigint;
  currency: string;
}) => ({
  amount: Number(amount),
  currency,
});
