import type { Cause } from "@cartwright/contracts/message";
import type { Part } from "@cartwright/kernel/part";
import type { BatchDatabase, Tx } from "@cartwright/database/tx";
import type { Duration } from "@cartwright/kernel/duration";
import type { Logger } from "@cartwright/observability/logger";
import type { Tracing } from "@cartwright/observability/tracing";

/** A call to the outside (payment provider, carrier, mail) that a transaction has decided on. */
export type Attempt<Request = unknown> = {
  /** The idempotency key at the outside: the command's id, or one derived from it. */
  readonly id: string;
  /** What to call, for instance `authorize`. */
  readonly kind: string;
  /** The aggregate it belongs to. */
  readonly subjectId: string;
  readonly request: Request;
  /** Handed on to the messages that the outcome publishes. */
  readonly cause: Cause;
  /** How often it was in a worker's hands before: above 0 the outcome of an earlier call may be unknown, so look it up first. */
  readonly calls: number;
};

/** What became of a call: settled with an outcome, or to be tried again. */
export type CallResult<Outcome> =
  | { readonly settled: true; readonly outcome: Outcome }
  | {
      readonly settled: false;
      readonly retryIn: Duration;
      readonly reason: string;
    };

/** An attempt to be recorded; with a `delay` it is not made before. */
export type NewAttempt<Request = unknown> = Omit<Attempt<Request>, "calls"> & {
  readonly delay?: Duration;
};

/** Records calls to be made. They are made after the commit, by whichever replica holds their lease. */
export type Attempts<Request> = {
  /** Recording the same id twice changes nothing. */
  record(tx: Tx, attempts: readonly NewAttempt<Request>[]): void;
  /** Makes attempts of these aggregates that were postponed due now (a webhook has come in). */
  hasten(tx: Tx, subjectIds: readonly string[]): void;
};

/**
 * The worker: calls up to `concurrency` attempts at a time outside any transaction, then hands many
 * outcomes to `settle` in one transaction and removes their rows there.
 */
export type AttemptWorkerOptions<Request, Outcome> = {
  readonly name: string;
  readonly db: BatchDatabase;
  readonly logger: Logger;
  /** Shows each call in the trace of what it is made for. */
  readonly tracing?: Tracing;
  readonly call: (
    attempt: Attempt<Request>,
    signal: AbortSignal,
  ) => Promise<CallResult<Outcome>>;
  readonly settle: (
    tx: Tx,
    settled: readonly {
      readonly attempt: Attempt<Request>;
      readonly outcome: Outcome;
    }[],
  ) => Promise<void>;
  readonly concurrency: number;
  /** The call is aborted after this and tried again later. */
  readonly timeout: Duration;
};

export type AttemptWorker<Request> = Attempts<Request> & Part;
