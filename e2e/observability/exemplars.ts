import assert from "node:assert/strict";
import { seconds } from "@cartwright/kernel/duration";
import { eventually } from "@cartwright/testing/eventually";
import type { Backends } from "./backends.ts";
import { expressionsOf } from "./dashboard-data.ts";
import { exemplarsOf, type Exemplar } from "./prometheus.ts";
import { exemplarLabel } from "./provisioning.ts";
import { say } from "./say.ts";
import { spansOf } from "./trace.ts";

/** Of requests and of message handlers there must be some. */
const wanted = [
  "http_server_request_duration_seconds_bucket",
  "cartwright_handler_duration_seconds_bucket",
];

/**
 * What a dashboard's exemplars lead to: for every panel that shows them there are some since `since`, and each names a
 * trace that Jaeger has, with a span of the service whose figure it is.
 */
export async function exemplarsLead(
  { prometheus, jaeger }: Backends,
  since: Date,
): Promise<void> {
  const exemplars = await eventually(() => shown(prometheus, since), {
    within: seconds(90),
    every: 2_000,
  });
  const named = new Set(exemplars.map(({ series }) => series["__name__"]));
  for (const name of wanted) assert.ok(named.has(name), `None is of ${name}.`);
  const byTrace = Map.groupBy(exemplars, traceOf);
  for (const [traceId, leading] of byTrace)
    await eventually(() => leads(jaeger, traceId, leading), {
      within: seconds(30),
      every: 500,
    });
  say(
    `${exemplars.length} exemplars of ${named.size} metrics lead to ${byTrace.size} traces, each with its service in it`,
  );
}

/** The exemplars of all panels that show them. */
async function shown(prometheus: string, since: Date): Promise<Exemplar[]> {
  const found: Exemplar[] = [];
  for (const expression of expressionsOf((panel) => panel.exemplars ?? false)) {
    const own = await exemplarsOf(prometheus, expression, since);
    assert.notEqual(own.length, 0, `${expression} has no exemplar.`);
    found.push(...own);
  }
  return found;
}

const label = exemplarLabel();
const traceOf = ({ labels }: Exemplar): string => labels[label] ?? "";

async function leads(
  jaeger: string,
  traceId: string,
  leading: readonly Exemplar[],
): Promise<void> {
  const spans = await spansOf(jaeger, traceId);
  const services = new Set<string>(spans.map(({ service }) => service));
  for (const { series } of leading) {
    const { service } = series;
    if (service === undefined) continue; // of an order, not of a service
    assert.ok(services.has(service), `${traceId} has no span of ${service}.`);
  }
}
