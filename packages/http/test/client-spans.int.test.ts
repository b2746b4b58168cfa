import { recordedSpans } from "@cartwright/testing/recorded-spans";
import { z } from "zod";
import { serviceClient } from "../src/service-client.ts";

/** What is recorded of a request to another service, and the trace that it is sent with. */
async function asked(flags: "00" | "01", status: number) {
  const traceparent = `00-${"a".repeat(32)}-${"b".repeat(16)}-${flags}`;
  let sent: string | undefined;
  const spans = await recordedSpans(async (tracing) => {
    const client = serviceClient({
      ...{ caller: "order", name: "catalog", token: async () => "t" },
      transport: async ({ headers }) => {
        sent = headers["traceparent"];
        return { status, text: "{}" };
      },
      shown: { tracing, origin: () => "http://catalog:3002" },
    });
    const cause = { correlationId: "flow", traceparent };
    await client
      .get("/api/v1/products?ids=1", { schema: z.object({}), cause })
      .catch(() => undefined);
  });
  return { spans, sent, traceparent };
}

it("shows a request to another service, which goes on with its trace", async () => {
  const { spans, sent } = await asked("01", 200);
  expect(spans).toMatchObject([
    {
      ...{ name: "GET", kind: 3, failed: false, parentSpanId: "b".repeat(16) },
      attributes: {
        "http.request.method": "GET",
        "http.response.status_code": 200,
        "server.address": "catalog",
        "server.port": 3002,
        "url.full": "http://catalog:3002/api/v1/products?ids=REDACTED",
      },
    },
  ]);
  expect(sent).toContain(spans[0]?.spanId);
});

it.each([404, 503])("shows an answer of %i as an error", async (status) => {
  const { spans } = await asked("01", status);
  expect(spans).toMatchObject([
    { failed: true, attributes: { "error.type": String(status) } },
  ]);
});

it("shows nothing where the trace is not recorded", async () => {
  const { spans, sent, traceparent } = await asked("00", 200);
  expect(spans).toEqual([]);
  expect(sent).toBe(traceparent);
});
