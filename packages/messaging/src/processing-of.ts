import type { Attributes } from "@cartwright/observability/tracing";
import type { Bus, BusRecord } from "./bus.ts";

/** A batch as its span names it; with the topic where all of it is from one. */
export function processingOf(
  system: Bus["system"],
  group: string,
  records: readonly Pick<BusRecord, "topic">[],
): Attributes {
  const [topic, ...others] = new Set(records.map((record) => record.topic));
  return {
    "messaging.system": system,
    "messaging.operation.name": "process",
    "messaging.operation.type": "process",
    "messaging.consumer.group.name": group,
    ...(topic &&
      others.length === 0 && { "messaging.destination.name": topic }),
  };
}
