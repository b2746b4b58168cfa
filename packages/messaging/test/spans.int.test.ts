import type { Cause } from "@cartwright/contracts/message";
import { seconds } from "@cartwright/kernel/duration";
import { silentLogger } from "@cartwright/observability/logger";
import {
  recordedSpans,
  type RecordedSpan,
} from "@cartwright/testing/recorded-spans";
import type { AttemptWorkerOptions, CallResult } from "../src/attempts.ts";
import { makeCall } from "../src/make-call.ts";

type Options = AttemptWorkerOptions<string, string>;

/** What is recorded of a call, and the cause that it was given. */
async function called(flags: "00" | "01", result: CallResult<string>) {
  const traceparent = `00-${"a".repeat(32)}-${"b".repeat(16)}-${flags}`;
  const cause = { correlationId: "flow", traceparent };
  let given: Cause | undefined;
  const spans: RecordedSpan[] = await recordedSpans(async (tracing) => {
    const options = {
      ...{ name: "payments", logger: silentLogger, timeout: seconds(5) },
      tracing,
      call: async (attempt) => {
        given = attempt.cause;
        return result;
      },
    } satisfies Partial<Options>;
    await makeCall(options as unknown as Options, {
      ...{ id: "1", kind: "authorize", subjectId: "s", request: "r" },
      ...{ cause, calls: 2 },
    });
  });
  return { spans, given, cause };
}

it("shows a call in its trace, and hands the trace on", async () => {
  const again = { settled: false, retryIn: 1, reason: "later" } as const;
  const { spans, given } = await called("01", again);
  expect(spans).toMatchObject([
    {
      ...{ name: "call authorize", kind: 3, failed: false },
      parentSpanId: "b".repeat(16),
      attributes: {
        "cartwright.call.worker": "payments",
        "cartwright.call.number": 3,
        "cartwright.call.settled": false,
      },
    },
  ]);
  expect(given?.traceparent).toContain(spans[0]?.spanId);
});

it("leaves a call alone whose trace is not recorded", async () => {
  const settled = { settled: true, outcome: "yes" } as const;
  const { spans, given, cause } = await called("00", settled);
  expect(spans).toEqual([]);
  expect(given).toBe(cause);
});
