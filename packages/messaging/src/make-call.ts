import { crashPoint } from "@cartwright/kernel/crash-point";
import { seconds, type Duration } from "@cartwright/kernel/duration";
import type { Attempt, AttemptWorkerOptions, CallResult } from "./attempts.ts";

/** Makes one call; a failure or a time-out means to try again, never that it did not happen. */
export async function makeCall<Request, Outcome>(
  { call, timeout }: AttemptWorkerOptions<Request, Outcome>,
  attempt: Attempt<Request>,
): Promise<CallResult<Outcome>> {
  crashPoint("attempt.before-call");
  const deadline = AbortSignal.timeout(timeout);
  try {
    return await Promise.race([call(attempt, deadline), rejection(deadline)]);
  } catch (error) {
    return {
      settled: false,
      retryIn: backOff(attempt.calls),
      reason: String(error),
    };
  }
}

/** Rejects when the signal fires: a call that does not heed it must not hold its place for ever. */
const rejection = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    signal.addEventListener(
      "abort",
      () => {
        reject(signal.reason as Error);
      },
      { once: true },
    );
  });

/** 0.2 s, doubling to 30 s, less up to half at random. */
const backOff = (calls: number): Duration =>
  Math.min(200 * 2 ** Math.min(calls, 10), seconds(30)) *
  (1 - Math.random() / 2);
