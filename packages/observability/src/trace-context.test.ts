import {
  firstSampled,
  formatTraceparent,
  newTraceparent,
  parseTraceparent,
  sampledTraceId,
  traceIdOf,
} from "./trace-context.ts";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const SPAN = "00f067aa0ba902b7";

it("reads and writes a traceparent", () => {
  const context = { traceId: TRACE, spanId: SPAN, sampled: true };
  expect(formatTraceparent(context)).toBe(`00-${TRACE}-${SPAN}-01`);
  expect(parseTraceparent(formatTraceparent(context))).toEqual(context);
  expect(traceIdOf(formatTraceparent(context))).toBe(TRACE);
});

it("begins traces that differ and are not sampled", () => {
  const first = parseTraceparent(newTraceparent());
  const second = parseTraceparent(newTraceparent());
  expect(first).toMatchObject({ sampled: false });
  expect(first?.traceId).not.toBe(second?.traceId);
});

it.each([
  ["nothing", undefined],
  ["an empty text", ""],
  ["upper case", `00-${TRACE.toUpperCase()}-${SPAN}-01`],
  ["a trace id of zeros", `00-${"0".repeat(32)}-${SPAN}-01`],
  ["a span id of zeros", `00-${TRACE}-${"0".repeat(16)}-01`],
  ["the forbidden version", `ff-${TRACE}-${SPAN}-01`],
  ["a short trace id", `00-abc-${SPAN}-01`],
])("ignores %s", (_what, header) => {
  expect(parseTraceparent(header)).toBeUndefined();
});

it.each([
  ["nothing", undefined],
  ["a trace that is not recorded", `00-${TRACE}-${SPAN}-00`],
  ["what is malformed", `00-${TRACE.replace("4", '"')}-${SPAN}-01`],
])("finds no recorded trace in %s", (_what, traceparent) => {
  expect(sampledTraceId(traceparent)).toBeUndefined();
});

it("finds the first of many whose trace is recorded", () => {
  const sampled = `00-${TRACE}-${SPAN}-01`;
  const unsampled = { traceparent: newTraceparent() };
  const many = [{}, unsampled, { traceparent: sampled }, unsampled];
  expect(firstSampled(many)).toBe(sampled);
  expect(firstSampled([{}, unsampled])).toBeUndefined();
});
