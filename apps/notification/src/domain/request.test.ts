import { newId } from "@cartwright/kernel/ids";
import { money } from "@cartwright/kernel/money";
import { cancellationNotice, inWords } from "./request.ts";

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

it("writes an amount with the decimals of its currency", () => {
  expect(inWords(money(123456, "EUR"))).toBe("EUR 1,234.56");
  expect(inWords(money(500, "JPY"))).toBe("JPY 500");
  expect(inWords(money(1500, "KWD"))).toBe("KWD 1.500");
});
