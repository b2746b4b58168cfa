import { isAborted, isUnavailable } from "@cartwright/database/is-retryable";
import type { Tx } from "@cartwright/database/tx";
import type { BatchHandler } from "@cartwright/messaging/handler";
import {
  counter,
  histogram,
  secondsSince,
} from "@cartwright/observability/metrics";
import { firstSampled } from "@cartwright/observability/trace-context";

const durations = histogram("cartwright_handler_duration_seconds");
const messages = counter("cartwright_handler_messages_total");

/** A handler's share of a batch: how long it took in seconds, whether it returned, whether it lost a write. */
type Run = { took?: number; isDone?: boolean; writeFailed?: boolean };

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
      const run: Run = {};
      const observe = (outcome: "handled" | "failed") =>
        durations.observe(
          run.took ?? secondsSince(begun),
          { ...labels, outcome },
          firstSampled(given),
        );
      // A transaction that is run again, for a row that was there or a deadlock, has not failed.
      tx.afterGivingUp(() => {
        if (!run.isDone || run.writeFailed) observe("failed");
      });
      tx.afterCommit(() => {
        observe("handled");
        messages.add(given.length, { ...labels });
      });
      try {
        await handler.handle(
          hearing(tx, () => (run.writeFailed = true)),
          given,
        );
        run.isDone = true;
      } finally {
        run.took = secondsSince(begun);
      }
    },
  };
}

/** The transaction, which says when a write fails that was only sent: by then its handler has long returned. */
const hearing = (tx: Tx, failed: () => void): Tx => ({
  ...tx,
  send(statement, values) {
    tx.query(statement, values).catch((error: unknown) => {
      if (!isAborted(error) && !isUnavailable(error)) failed();
    });
  },
});
