import type { Tracing } from "@cartwright/observability/tracing";
import { recordPublished } from "./record-published.ts";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const written = "2026-05-01T12:00:00.000Z";

const row = (flags: string) => ({
  topic: "inventory-commands",
  headers: {
    ...{ ce_time: written, ce_type: "inventory.ReleaseInventory.v1" },
    ...{ ce_correlationid: "flow" },
    traceparent: `00-${TRACE}-00f067aa0ba902b7-${flags}`,
  },
});

it("shows a message in its trace from the time it was written, when the trace is recorded", () => {
  const recorded: Parameters<NonNullable<Tracing["since"]>>[] = [];
  const since: Tracing["since"] = (...span) => void recorded.push(span);
  const sampled = row("01");
  recordPublished({ since }, "kafka", [
    row("00"),
    sampled,
    { ...sampled, headers: { ...sampled.headers, traceparent: "00-a-b-01" } },
    { ...sampled, headers: { ce_type: "order.OrderCompleted.v1" } },
  ]);
  expect(recorded).toEqual([
    [
      "publish inventory-commands",
      new Date(written),
      {
        cause: {
          correlationId: "flow",
          traceparent: sampled.headers.traceparent,
        },
        kind: "producer",
        attributes: {
          "messaging.system": "kafka",
          "messaging.operation.name": "send",
          "messaging.operation.type": "send",
          "messaging.destination.name": "inventory-commands",
          "cloudevents.event_type": "inventory.ReleaseInventory.v1",
        },
      },
    ],
  ]);
});
