import { createRequire } from "node:module";

/** The part of kafkajs 2.2.4's request queue (one per connection) that is mended here. */
export type Queue = {
  pending: readonly unknown[];
  throttledUntil: number;
  throttleCheckTimeoutId: NodeJS.Timeout | null;
  checkPendingRequests(): void;
  scheduleCheckPendingRequests(): void;
};

/** Not part of kafkajs's interface, which the pinned version and a test make safe. */
export const RequestQueue = createRequire(import.meta.url)(
  "kafkajs/src/network/requestQueue/index.js",
) as { readonly prototype: Queue };

const checkInterval = 10;

/**
 * kafkajs keeps a timer running on every connection even when nothing waits, with a negative delay:
 * a wake-up per millisecond and connection, and a TimeoutNegativeWarning since Node 24. Here a timer
 * runs only while requests wait, and never with less than its shortest interval.
 */
export function mendRequestTimers(): void {
  RequestQueue.prototype.scheduleCheckPendingRequests = function (this: Queue) {
    if (this.throttleCheckTimeoutId !== null || this.pending.length === 0)
      return;
    this.throttleCheckTimeoutId = setTimeout(
      () => {
        this.throttleCheckTimeoutId = null;
        this.checkPendingRequests();
      },
      Math.max(checkInterval, this.throttledUntil - Date.now()),
    );
  };
}
