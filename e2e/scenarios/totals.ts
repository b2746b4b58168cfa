import { seconds } from "@cartwright/kernel/duration";
import { eventually } from "@cartwright/testing/eventually";
import type { Platform } from "../support/platform.ts";
import { differences } from "../support/totals.ts";

/** After all that has happened: stock, money, parcels, mails and books agree. */
export function totalsScenarios(given: () => { platform: Platform }): void {
  it("adds up", async () => {
    await eventually(
      async () => expect(await differences(given().platform)).toEqual([]),
      {
        within: seconds(30),
        every: 500,
      },
    );
  });
}
