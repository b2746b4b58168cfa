import type { Message } from "@cartwright/contracts/message";
import { orderCompleted } from "@cartwright/contracts/order";
import type { Tx } from "@cartwright/database/tx";
import { newId } from "@cartwright/kernel/ids";
import { newTraceparent } from "@cartwright/observability/trace-context";
import { metricsAsText } from "@cartwright/observability/scrape";
import { measuredHandler } from "./measured-handler.ts";

const tx: Tx = { afterCommit: () => undefined, query: async () => [] };

const aMessage = (traceparent: string): Message => ({
  ...orderCompleted({
    ...{ orderId: newId(), customerId: newId() },
    completedAt: new Date().toISOString(),
  }),
  ...{ id: newId(), source: "order", time: new Date().toISOString() },
  ...{ sequence: 1, correlationId: "flow", traceparent },
});

/** The traces that the durations of this service's handlers lead to. */
async function tracesOf(service: string): Promise<(string | undefined)[]> {
  const lines = (await metricsAsText()).split("\n");
  return lines
    .filter((line) => line.startsWith("cartwright_handler_duration_seconds"))
    .filter((line) => line.includes(`service="${service}"`))
    .flatMap((line) => /# {trace_id="(\w+)"}/.exec(line)?.[1] ?? []);
}

it.each([
  ["handled", async () => undefined],
  ["failed", () => Promise.reject(new TypeError("no"))],
])(
  "leads from a batch that is %s to a trace that is recorded",
  async (outcome, handle) => {
    const service = `with-${outcome}`;
    const handler = { contracts: [orderCompleted], handle };
    const traceId = newId().replaceAll("-", "");
    await measuredHandler(service, handler)
      .handle(tx, [
        aMessage(newTraceparent()),
        aMessage(`00-${traceId}-${"b".repeat(16)}-01`),
      ])
      .catch(() => undefined);
    expect(await tracesOf(service)).toEqual([traceId]);
  },
);

it("leads nowhere when none of its messages' traces is recorded", async () => {
  const handler = {
    contracts: [orderCompleted],
    handle: async () => undefined,
  };
  await measuredHandler("unsampled", handler).handle(tx, [
    aMessage(newTraceparent()),
  ]);
  expect(await tracesOf("unsampled")).toEqual([]);
});
