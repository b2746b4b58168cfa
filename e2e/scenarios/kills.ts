import { setTimeout as sleep } from "node:timers/promises";
import { seconds } from "@cartwright/kernel/duration";
import { eventually } from "@cartwright/testing/eventually";
import { fiftyOrders } from "../support/fifty-orders.ts";
import type { Platform } from "../support/platform.ts";
import type { Shop } from "../support/shop.ts";
import { differences, openOrders } from "../support/totals.ts";

/** Death without warning in the middle of the work: what was accepted is finished, once. */
export function killScenarios(
  given: () => { platform: Platform; shop: Shop },
): void {
  it("finishes every accepted order after a kill -9", async () => {
    const { platform, shop } = given();
    const placing = fiftyOrders(shop);
    placing.catch(() => undefined);
    await sleep(1_000);
    await platform.kill(["order", "payment", "inventory", "shipping"]);
    await platform.restart();
    const orderIds = await placing;

    expect(new Set(orderIds).size).toBe(50);
    await eventually(
      async () => expect(await openOrders(platform, orderIds)).toEqual([]),
      {
        within: seconds(90),
        every: 200,
      },
    );
    await eventually(
      async () => expect(await differences(platform)).toEqual([]),
      {
        within: seconds(60),
        every: 500,
      },
    );
  }, 240_000);
}
