import { newId } from "@cartwright/kernel/ids";
import { money } from "@cartwright/kernel/money";
import {
  testDatabase,
  type TestDatabase,
} from "@cartwright/testing/test-database";
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
