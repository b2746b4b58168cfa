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
      const run = { took: undefined as number | undefined, isDone: false };
      const observe = (outcome: "handled" | "failed") =>
        durations.observe(
          run.took ?? secondsSince(begun),
          { ...labels, outcome },
          firstSampled(given),
        );
      // A transaction that is run again, for a row that was there or a deadlock, has not failed.
      tx.afterGivingUp(() => {
        if (!run.isDone) observe("failed");
      });
      tx.afterCommit(() => {
        observe("handled");
        messages.add(given.length, { ...labels });
      });
      try {
        await handler.handle(tx, given);
        run.isDone = true;
      } finally {
        run.took = secondsSince(begun);
      }
    },
  };
}
