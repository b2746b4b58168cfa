import { newId } from "@cartwright/kernel/ids";
import { money } from "@cartwright/kernel/money";
import {
  testDatabase,
  type TestDatabase,
} from "@cartwright/testing/test-database";
import { recordedSpans } from "@cartwright/testing/recorded-spans";
import { remoteProvider } from "../src/provider/simulated-provider.ts";
import { paymentProviderSuite } from "./provider-conformance.ts";
import { runningProvider, type RunningProvider } from "./running-provider.ts";

let database: TestDatabase;
let running: RunningProvider;
let provider: ReturnType<typeof remoteProvider>;

beforeAll(async () => {
  database = await testDatabase("payment-provider");
  running = await runningProvider(database);
  provider = remoteProvider({ url: running.url, connections: 8 });
});

afterAll(async () => {
  await provider.stop?.();
  await running.stop();
  await database.stop();
});

paymentProviderSuite("the simulated provider", () => provider);

it("shows its requests in the trace that they are made for", async () => {
  const traceparent = `00-${"a".repeat(32)}-${"b".repeat(16)}-01`;
  const spans = await recordedSpans(async (tracing) => {
    const shown = remoteProvider({ url: running.url, connections: 1, tracing });
    const cause = { correlationId: "flow", traceparent };
    await shown.find("unknown", AbortSignal.timeout(5_000), cause);
    await shown.stop?.();
  });
  expect(spans).toMatchObject([
    {
      ...{ name: "GET", kind: 3, parentSpanId: "b".repeat(16), failed: true },
      attributes: {
        "http.response.status_code": 404,
        "url.full": `${running.url}/authorizations/unknown`,
      },
    },
  ]);
});

it("rejects when the outcome is unknown", async () => {
  const request = {
    key: newId(),
    reference: "a payment",
    amount: money(2_999, "EUR"),
    paymentToken: "tok_timeout",
  };
  await expect(
    provider.authorize(request, AbortSignal.timeout(100)),
  ).rejects.toThrow();
  expect(
    await provider.find(request.key, AbortSignal.timeout(5_000)),
  ).toMatchObject({
    status: "authorized",
  });
  const nowhere = remoteProvider({
    url: "http://127.0.0.1:1",
    connections: 1,
  });
  await expect(
    nowhere.find("a key", AbortSignal.timeout(5_000)),
  ).rejects.toThrow();
});
