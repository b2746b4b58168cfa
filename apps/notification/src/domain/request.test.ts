import { newId, type OrderId } from "@cartwright/kernel/ids";
import { money } from "@cartwright/kernel/money";
import { orderNumberOf } from "@cartwright/kernel/order-number";
import { cancellationNotice, inWords, refundNotice } from "./request.ts";

it("tells the customer which order is cancelled, and why", () => {
  const cancelled = {
    orderId: newId(),
    customerId: newId(),
    orderNumber: "A-1",
    totalAmount: money(2999, "EUR"),
    reason: "out-of-stock",
  };
  expect(cancellationNotice(cancelled)).toEqual({
    orderId: cancelled.orderId,
    customerId: cancelled.customerId,
    template: "order-cancelled",
    values: { orderNumber: "A-1", total: "EUR 29.99", reason: "out of stock" },
  });
});

it("tells the customer of money that staff gave back, by the order's number", () => {
  const refund = {
    orderId: "019a91f0-5c00-7a10-8b21-3c4d5e6f7081",
    customerId: newId(),
    amount: money(2999, "EUR"),
    reason: "refund-requested",
  };
  expect(refundNotice(refund)).toEqual({
    orderId: refund.orderId,
    customerId: refund.customerId,
    template: "order-refunded",
    values: {
      orderNumber: orderNumberOf(refund.orderId as OrderId),
      total: "EUR 29.99",
    },
  });
});

it("leaves money that goes back with a cancelled order to the notice of the cancellation", () => {
  const refund = { orderId: newId(), amount: money(1, "EUR") };
  const customerId = newId();
  expect(
    refundNotice({ ...refund, customerId, reason: "order-cancelled" }),
  ).toBeUndefined();
  expect(refundNotice({ ...refund, customerId })).toBeUndefined();
});

it("writes an amount with the decimals of its currency", () => {
  expect(inWords(money(123456, "EUR"))).toBe("EUR 1,234.56");
  expect(inWords(money(500, "JPY"))).toBe("JPY 500");
  expect(inWords(money(1500, "KWD"))).toBe("KWD 1.500");
});
