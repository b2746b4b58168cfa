import { seconds } from "@cartwright/kernel/duration";
import { eventually } from "@cartwright/testing/eventually";
import { fiftyOrders } from "../support/fifty-orders.ts";
import type { Platform } from "../support/platform.ts";
import type { Shop } from "../support/shop.ts";
import { differences, openOrders } from "../support/totals.ts";

/** On a bus that delivers everything more than once. */
export function repetitionScenarios(
  given: () => { platform: Platform; shop: Shop },
): void {
  it("makes nothing twice of messages that come twice", async () => {
    const { platform, shop } = given();
    expect(platform.output()).toContain("every message is delivered twice");
    const orderIds = await fiftyOrders(shop);
    await eventually(
      async () => expect(await openOrders(platform, orderIds)).toEqual([]),
      {
        within: seconds(60),
        every: 200,
      },
    );
    await eventually(
      async () => expect(await differences(platform, 50)).toEqual([]),
      {
        within: seconds(30),
        every: 500,
      },
    );
  });
}
