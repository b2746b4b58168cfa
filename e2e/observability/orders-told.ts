import assert from "node:assert/strict";
import { seconds } from "@cartwright/kernel/duration";
import { eventually } from "@cartwright/testing/eventually";
import type { Platform } from "../support/platform.ts";
import { openShop } from "../support/shop.ts";
import type { Backends } from "./backends.ts";
import { say } from "./say.ts";
import {
  assertNoOrphan,
  assertRegistered,
  aTrace,
  spansOf,
  type Span,
} from "./trace.ts";

/** An authorization that takes longer than customers are promised. */
export const providerDelay = seconds(6);

const steps = (...names: string[]) => ["run place-order", ...names];

const worthTelling = [
  {
    what: "was declined",
    paymentToken: "tok_declined",
    status: "cancelled",
    spans: steps(
      ...["step authorize-payment", "step reserve-inventory"],
      "undo reserve-inventory",
    ),
  },
  {
    what: "was slow",
    paymentToken: "tok_delayed",
    status: "confirmed",
    spans: steps(
      ...["step authorize-payment", "step capture-payment"],
      ...["step create-shipment", "step reserve-inventory"],
    ),
  },
] as const;

/** Orders that nobody records and that end badly or late: Jaeger has their saga, under the trace and at the times of the saga's log. */
export async function toldAfterwards(
  platform: Platform,
  { jaeger }: Backends,
): Promise<void> {
  for (const { what, paymentToken, status, spans } of worthTelling) {
    const { traceId, traceparent } = aTrace("00");
    const shop = await openShop(platform, { traceparent });
    const [customer, product] = [await shop.customer(), await shop.product()];
    const items = [{ productId: product.id, quantity: 1 }];
    const orderId = await shop.placed(customer, { items, paymentToken });
    await shop.reaches(orderId, status);
    const told = await eventually(() => spansOf(jaeger, traceId), {
      within: seconds(60),
      every: 500,
    });
    assertNoOrphan(told, "order");
    assertRegistered(told);
    const names = told.map(({ name }) => name).sort();
    for (const name of spans) assert.ok(names.includes(name), name);
    await assertTimes(platform, orderId, told);
    say(
      `an order that ${what} and was not sampled is told afterwards, as its saga's log has it`,
    );
  }
}

/** Each span begins and ends with a line of the saga's log, the whole with the first. */
async function assertTimes(
  platform: Platform,
  orderId: string,
  spans: readonly Span[],
): Promise<void> {
  const lines = await platform.sql<{ at: Date }>(
    `SELECT at FROM "order".saga_log WHERE saga_id = $1 ORDER BY sequence`,
    [orderId],
  );
  const times = lines.map(({ at }) => at.getTime());
  for (const { name, startTimeUnixNano, endTimeUnixNano } of spans) {
    const begins = milliseconds(startTimeUnixNano);
    assert.ok(times.includes(begins), `${name} begins at no line.`);
    const ends = milliseconds(endTimeUnixNano);
    assert.ok(times.includes(ends), `${name} ends at no line.`);
    if (name.startsWith("run ")) assert.equal(begins, times[0]);
  }
}

/** Jaeger gives a step that was not over when it was told a nanosecond. */
const milliseconds = (nanoseconds: string): number =>
  Number(BigInt(nanoseconds) / 1_000_000n);
