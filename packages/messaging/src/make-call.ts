import { crashPoint } from "@cartwright/kernel/crash-point";
import { seconds, type Duration } from "@cartwright/kernel/duration";
import { withCause } from "@cartwright/observability/context";
import { histogram, secondsSince } from "@cartwright/observability/metrics";
import { noTracing, type Annotate } from "@cartwright/observability/tracing";
import type { Attempt, AttemptWorkerOptions, CallResult } from "./attempts.ts";

const durations = histogram("cartwright_outside_call_duration_seconds");

/** Makes one call; a failure or a time-out means to try again, never that it did not happen. */
export async function makeCall<Request, Outcome>(
  options: AttemptWorkerOptions<Request, Outcome>,
  attempt: Attempt<Request>,
): Promise<CallResult<Outcome>> {
  const { name, call, timeout, tracing = noTracing } = options;
  crashPoint("attempt.before-call");
  const observe = observing(name, attempt);
  const deadline = deadlineAfter(timeout);
  const made = (one: Attempt<Request>) =>
    Promise.race([call(one, deadline.signal), deadline.over]);
  try {
    const { cause, kind } = attempt;
    const result = await tracing.span(
      `call ${kind}`,
      { cause, kind: "client" },
      (inner, annotate) =>
        annotate
          ? shown(name, { ...attempt, cause: inner }, annotate, made)
          : made(attempt),
    );
    observe(result.settled ? "settled" : "again");
    return result;
  } catch (error) {
    observe("again");
    withCause(attempt.cause, () => {
      const { kind, calls } = attempt;
      options.logger.warn("a call to the outside has failed", {
        ...{ worker: name, kind, calls, error: String(error) },
      });
    });
    return {
      settled: false,
      retryIn: backOff(attempt.calls),
      reason: String(error),
    };
  } finally {
    deadline.clear();
  }
}

function observing(worker: string, { kind, cause }: Attempt) {
  const begun = performance.now();
  return (outcome: "settled" | "again") =>
    durations.observe(
      secondsSince(begun),
      { worker, kind, outcome },
      cause.traceparent,
    );
}

/** What the call's span says besides its name. */
async function shown<Request, Outcome>(
  worker: string,
  attempt: Attempt<Request>,
  annotate: Annotate,
  made: (attempt: Attempt<Request>) => Promise<CallResult<Outcome>>,
): Promise<CallResult<Outcome>> {
  annotate({
    "cartwright.call.worker": worker,
    "cartwright.call.number": attempt.calls + 1,
  });
  const result = await made(attempt);
  annotate({ "cartwright.call.settled": result.settled });
  return result;
}

/**
 * Aborts `signal` and rejects `over` when the time has passed: a call that does not heed the signal must
 * not hold its place for ever. Not `AbortSignal.timeout`, which fires long after the call has ended.
 */
function deadlineAfter(timeout: Duration) {
  const controller = new AbortController();
  const { promise: over, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    const reason = new Error(`There was no answer within ${timeout} ms.`);
    controller.abort(reason);
    reject(reason);
  }, timeout);
  return { signal: controller.signal, over, clear: () => clearTimeout(timer) };
}

/** 0.2 s, doubling to 30 s, less up to half at random. */
const backOff = (calls: number): Duration =>
  Math.min(200 * 2 ** Math.min(calls, 10), seconds(30)) *
  (1 - Math.random() / 2);
