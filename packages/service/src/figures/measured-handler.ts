import type { BatchHandler } from "@cartwright/messaging/handler";
import {
  counter,
  histogram,
  secondsSince,
} from "@cartwright/observability/metrics";
import { firstSampled } from "@cartwright/observability/trace-context";

const durations = histogram("cartwright_handler_duration_seconds");
const messages = counter("cartwright_handler_messages_total");

/** A handler whose share of each batch is measured, under the name of what it hears: `payment-commands`, `catalog+order`. */
export function measuredHandler(
  service: string,
  handler: BatchHandler,
): BatchHandler {
  const topics = handler.contracts.map(({ topic }) =>
    topic.replace("-events", ""),
  );
  const labels = { service, handler: [...new Set(topics)].sort().join("+") };
  return {
    ...handler,
    async handle(tx, given) {
      const begun = performance.now();
      const observe = (outcome: "handled" | "failed") =>
        durations.observe(
          secondsSince(begun),
          { ...labels, outcome },
          firstSampled(given),
        );
      try {
        await handler.handle(tx, given);
      } catch (error) {
        observe("failed");
        throw error;
      }
      observe("handled");
      messages.add(given.length, { ...labels });
    },
  };
}
