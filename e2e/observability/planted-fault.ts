import assert from "node:assert/strict";
import { minutes, seconds } from "@cartwright/kernel/duration";
import { eventually } from "@cartwright/testing/eventually";
import { freePorts } from "@cartwright/testing/free-ports";
import { startPlatform } from "../support/platform.ts";
import { openShop } from "../support/shop.ts";
import type { Backends } from "./backends.ts";
import { failingProvider } from "./failing-provider.ts";
import { linesIn } from "./loki.ts";
import { firing } from "./prometheus.ts";
import { linesOfTrace } from "./provisioning.ts";
import { say } from "./say.ts";

/** A day is a minute and a half. */
const timeScale = "0.001";
const expected = ["SagasStuck"];

/** Both ways between logs and traces: the line knows its trace, and lines are found by it. */
async function logged({ loki, jaeger }: Backends): Promise<void> {
  const failed = `{service_name="payment"} | severity_text="warn" |= "a call to the outside has failed"`;
  const traceId = await eventually(
    async () => {
      const [line] = await linesIn(loki, failed);
      const found = line?.["traceId"];
      if (typeof found !== "string") throw new Error("No line has a trace.");
      const { status } = await fetch(`${jaeger}/api/v3/traces/${found}`);
      assert.equal(status, 200, "Jaeger knows the line's trace.");
      return found;
    },
    { within: seconds(30), every: 500 },
  );
  assert.notEqual((await linesIn(loki, linesOfTrace(traceId))).length, 0);
  say("Loki has the lines of the failing calls, Jaeger their traces");
}

/** A payment provider fails until sagas are stuck: that alert fires, and no other; it ends when the provider is back. */
export async function plantedFault(backends: Backends): Promise<void> {
  const providerPort = await freePorts(1);
  const provider = await failingProvider(`http://127.0.0.1:${providerPort}`);
  const platform = await startPlatform({
    mode: "embedded",
    processes: 1,
    environment: {
      METRICS_PORT: String(backends.metricsPort),
      OTEL_EXPORTER_OTLP_ENDPOINT: backends.otlp,
      OTEL_TRACES_SAMPLER_ARG: "1",
      PROVIDER_PORT: String(providerPort),
      PAYMENT_PROVIDER_URL: provider.url,
      SAGA_TIME_SCALE: timeScale,
    },
  });
  backends.scrape([backends.metricsPort]);
  try {
    const shop = await openShop(platform);
    const customer = await shop.customer();
    const product = await shop.product({ stock: 100 });
    provider.fail(true);
    for (let n = 0; n < 5; n += 1)
      await shop.placed(customer, {
        items: [{ productId: product.id, quantity: 1 }],
      });
    say("five orders are placed, and their payment provider fails");
    await logged(backends);
    const seen = new Set<string>();
    await eventually(
      async () => {
        for (const alert of await firing(backends.prometheus)) seen.add(alert);
        assert.deepEqual([...seen], expected);
      },
      { within: minutes(5), every: 1_000 },
    );
    say(`${expected.join()} fires, and nothing else does`);
    provider.fail(false);
    await eventually(
      async () => assert.deepEqual(await firing(backends.prometheus), []),
      { within: minutes(3), every: 1_000 },
    );
    say("the provider is back, the sagas end, and the alert with them");
  } finally {
    await platform.stop();
    provider.close();
  }
}
