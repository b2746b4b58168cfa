import { sampledTraceId } from "@cartwright/observability/trace-context";
import type { Tracing } from "@cartwright/observability/tracing";
import type { Bus } from "../bus.ts";
import type { OutboxRow } from "./outbox-rows.ts";

/** Shows in each recorded trace how long its message has waited in the outbox, and when the brokers had it. */
export function recordPublished(
  { since }: Pick<Tracing, "since">,
  system: Bus["system"],
  rows: readonly Pick<OutboxRow, "topic" | "headers">[],
): void {
  if (since === undefined) return;
  for (const { topic, headers } of rows) {
    if (!sampledTraceId(headers.traceparent)) continue;
    since(`publish ${topic}`, new Date(headers.ce_time ?? ""), {
      cause: {
        correlationId: headers.ce_correlationid ?? "",
        traceparent: headers.traceparent ?? "",
      },
      kind: "producer",
      attributes: {
        "messaging.system": system,
        "messaging.operation.name": "send",
        "messaging.operation.type": "send",
        "messaging.destination.name": topic,
        "cloudevents.event_type": headers.ce_type ?? "",
      },
    });
  }
}
