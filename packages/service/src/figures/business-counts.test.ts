import { orderCancelled } from "@cartwright/contracts/order";
import { newId } from "@cartwright/kernel/ids";
import { metricsAsText } from "@cartwright/observability/scrape";
import { countBusiness } from "./business-counts.ts";

const linesOf = async (name: string): Promise<string[]> =>
  (await metricsAsText()).split("\n").filter((line) => line.startsWith(name));

const cancelled = (wasConfirmed: boolean) =>
  countBusiness({
    draft: orderCancelled({
      ...{ orderId: newId(), orderNumber: "2026-1", customerId: newId() },
      totalAmount: { amount: 1250, currency: "EUR" },
      ...{ reason: "requested-by-customer", wasConfirmed },
      cancelledAt: new Date().toISOString(),
    }),
    sequence: 1,
    cause: { correlationId: "flow" },
  });

it("shows what may become of an order before there is one", async () => {
  expect((await linesOf("cartwright_orders_total{")).sort()).toEqual(
    ["cancelled", "completed", "confirmed", "created", "shipped"].map(
      (outcome) => `cartwright_orders_total{outcome="${outcome}"} 0`,
    ),
  );
});

it("tells orders that were cancelled before they were confirmed from others", async () => {
  cancelled(true);
  cancelled(false);
  cancelled(false);
  expect(await linesOf('cartwright_orders_total{outcome="cancelled"}')).toEqual(
    ['cartwright_orders_total{outcome="cancelled"} 3'],
  );
  expect(
    await linesOf("cartwright_orders_cancelled_unconfirmed_total"),
  ).toEqual(["cartwright_orders_cancelled_unconfirmed_total 2"]);
});
