import { traceOfRequest } from "./trace-of-request.ts";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const traceparent = `00-${TRACE}-00f067aa0ba902b7-01`;
const request = () => ({
  "x-correlation-id": "flow-1",
  traceparent,
  tracestate: "theirs=1",
});

it("begins a trace of its own beside the caller's, and keeps the flow", () => {
  const headers = request();
  expect(traceOfRequest(headers, false)).toEqual({
    cause: { correlationId: "flow-1" },
    kind: "server",
    link: traceparent,
    attributes: { "cartwright.client.trace_id": TRACE },
  });
  expect(headers).not.toHaveProperty("tracestate");
});

it("goes on with the trace of callers that are trusted", () => {
  const headers = request();
  expect(traceOfRequest(headers, true)).toEqual({
    cause: { correlationId: "flow-1", traceparent },
    kind: "server",
  });
  expect(headers).toHaveProperty("tracestate");
});

it.each([true, false])("links nothing malformed (trusted: %s)", (isTrusted) => {
  const headers = { ...request(), traceparent: "junk" };
  expect(traceOfRequest(headers, isTrusted)).toEqual({
    cause: { correlationId: "flow-1" },
    kind: "server",
  });
});
