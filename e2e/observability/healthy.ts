import assert from "node:assert/strict";
import { serviceNames } from "@cartwright/contracts/services";
import { seconds } from "@cartwright/kernel/duration";
import { eventually } from "@cartwright/testing/eventually";
import {
  startPlatform,
  type Mode,
  type Platform,
} from "../support/platform.ts";
import { openShop, type Shop } from "../support/shop.ts";
import type { Backends } from "./backends.ts";
import { everyPanelHasData } from "./dashboard-data.ts";
import { exemplarsLead } from "./exemplars.ts";
import { someOrders } from "./load.ts";
import { batchesAreLinked, orderTraces } from "./order-traces.ts";
import { providerDelay, toldAfterwards } from "./orders-told.ts";
import { firing, query } from "./prometheus.ts";
import { loginLimit, rareEvents } from "./rare-events.ts";
import { say } from "./say.ts";
import { assertHidden, assertShownIsRegistered } from "./shown-metrics.ts";

const services = 9;

/**
 * A platform under a few orders a second, which samples as it does unless told otherwise: traces, metrics, dashboards, and
 * no alert. `last` is what may fire one.
 */
export async function healthy(
  backends: Backends,
  mode: Mode,
  last: (shop: Shop, backends: Backends) => Promise<void> = async () =>
    undefined,
): Promise<void> {
  const begun = new Date();
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
      LOGIN_LIMIT_REQUESTS: String(loginLimit),
      TRUSTED_PROXIES: "1",
      TRUST_TRACEPARENT: "true", // some orders are to be recorded, others not
      PROVIDER_DELAY_MS: String(providerDelay),
    },
  });
  say(mode === "kafka" ? "nine processes on Kafka run" : "one process runs");
  backends.scrape(ports);
  try {
    const shop = await openShop(platform);
    const load = await someOrders(shop);
    await orderTraces(shop, backends, mode);
    await batchesAreLinked(shop, backends);
    await toldAfterwards(platform, backends);
    await scraped(backends, processes);
    await rareEvents(shop, backends);
    await exemplarsLead(backends, begun);
    const panels = await everyPanelHasData(backends.prometheus);
    say(`all ${panels} expressions of the dashboards have data`);
    for (const port of ports) await assertShownIsRegistered(port);
    await assertHidden(platform.url, ...ownUrls(platform));
    say("the metrics shown are those of the registry, on their own port only");
    assert.deepEqual(await firing(backends.prometheus), []);
    say(`no alert fires; ${await load.end()} orders were placed`);
    await last(shop, backends);
  } finally {
    await platform.stop();
  }
}

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
