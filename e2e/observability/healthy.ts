import assert from "node:assert/strict";
import { serviceNames } from "@cartwright/contracts/services";
import { newId } from "@cartwright/kernel/ids";
import { seconds } from "@cartwright/kernel/duration";
import { eventually } from "@cartwright/testing/eventually";
import {
  startPlatform,
  type Mode,
  type Platform,
} from "../support/platform.ts";
import { anAddress, openShop, type Shop } from "../support/shop.ts";
import type { Backends } from "./backends.ts";
import { everyPanelHasData } from "./dashboard-data.ts";
import { someOrders } from "./load.ts";
import { firing, query } from "./prometheus.ts";
import { say } from "./say.ts";
import { assertHidden, assertShownIsRegistered } from "./shown-metrics.ts";
import {
  assertNoOrphan,
  assertRegistered,
  toldTrace,
  wholeTrace,
} from "./trace.ts";

const services = 9;

/** A platform under a few orders a second: traces, metrics, dashboards, and no alert. */
export async function healthy(backends: Backends, mode: Mode): Promise<void> {
  const processes = mode === "kafka" ? services : 1;
  const ports = Array.from(
    { length: processes },
    (_, n) => backends.metricsPort + n,
  );
  const platform = await startPlatform({
    mode,
    processes,
    environment: {
      METRICS_PORT: String(backends.metricsPort),
      OTEL_EXPORTER_OTLP_ENDPOINT: backends.otlp,
      OTEL_TRACES_SAMPLER_ARG: "1",
    },
  });
  say(mode === "kafka" ? "nine processes on Kafka run" : "one process runs");
  backends.scrape(ports);
  try {
    const shop = await openShop(platform);
    const load = await someOrders(shop);
    await traced(shop, backends);
    await toldAfterwards(platform, backends);
    await scraped(backends, processes);
    const panels = await everyPanelHasData(backends.prometheus);
    say(`all ${panels} expressions of the dashboards have data`);
    for (const port of ports) await assertShownIsRegistered(port);
    await assertHidden(platform.url, ...ownUrls(platform));
    say("the metrics shown are those of the registry, on their own port only");
    assert.deepEqual(await firing(backends.prometheus), []);
    say(`no alert fires; ${await load.end()} orders were placed`);
  } finally {
    await platform.stop();
  }
}

async function traced(shop: Shop, { jaeger }: Backends): Promise<void> {
  const customer = await shop.customer();
  const product = await shop.product({ stock: 10 });
  const { headers, body } = await shop.post("/orders", {
    token: customer.token,
    idempotencyKey: `traced-${product.id}`,
    body: {
      items: [{ productId: product.id, quantity: 1 }],
      paymentToken: "tok_visa",
      shippingAddress: anAddress,
    },
  });
  await shop.reaches(body.orderId, "confirmed");
  const [, traceId = ""] = (headers.get("traceparent") ?? "").split("-");
  const spans = await wholeTrace(jaeger, traceId);
  assertNoOrphan(spans);
  assertRegistered(spans);
  const services = new Set(spans.map(({ service }) => service));
  say(
    `an order is one trace: ${spans.length} spans of ${services.size} services, none an orphan`,
  );
}

/** An order that nobody records, and that is declined. */
async function toldAfterwards(
  platform: Platform,
  { jaeger }: Backends,
): Promise<void> {
  const traceId = newId().replaceAll("-", "");
  const shop = await openShop(platform, {
    traceparent: `00-${traceId}-${traceId.slice(16)}-00`,
  });
  const customer = await shop.customer();
  const product = await shop.product({ stock: 10 });
  const orderId = await shop.placed(customer, {
    items: [{ productId: product.id, quantity: 1 }],
    paymentToken: "tok_declined",
  });
  await shop.reaches(orderId, "cancelled");
  const spans = await toldTrace(jaeger, traceId);
  assertNoOrphan(spans, "order");
  assertRegistered(spans);
  const names = spans.map(({ name }) => name).sort();
  assert.deepEqual(names, declined);
  say("an order that failed and was not sampled is told afterwards");
}

const declined = [
  "run place-order",
  "step authorize-payment",
  "step reserve-inventory",
  "undo reserve-inventory",
];

/** Where services answer that have a process of their own. */
const ownUrls = (platform: Platform): string[] =>
  platform.processes === 1
    ? []
    : serviceNames.map((name) => `http://127.0.0.1:${platform.portOf(name)}`);

const scraped = ({ prometheus }: Backends, processes: number): Promise<void> =>
  eventually(
    async () => {
      const up = await query(prometheus, 'up{job="cartwright"} == 1');
      assert.equal(up.length, processes);
      const confirmed = await query(
        prometheus,
        'cartwright_orders_total{outcome="confirmed"} > 0',
      );
      assert.equal(confirmed.length, 1);
      say(`Prometheus scrapes ${processes === 1 ? "it" : "each of them"}`);
    },
    { within: seconds(30), every: 500 },
  );
