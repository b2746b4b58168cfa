import { seconds, type Duration } from "@cartwright/kernel/duration";
import { collectDefaultMetrics, Counter, Gauge } from "prom-client";
import { registry } from "./metrics.ts";
import {
  metrics,
  type CounterName,
  type GaugeName,
  type LabelsOf,
} from "./registry/metrics.ts";

type Readable = CounterName | GaugeName;

/** A value as it was when somebody asked; of a counter, its total. */
export type Sample = {
  [Name in Readable]: {
    readonly name: Name;
    readonly value: number;
    readonly labels: LabelsOf<Name>;
  };
}[Readable];

/** Reads what nobody counts, for instance by a query. What it cannot read it leaves out. */
export type Source = () => Promise<readonly Sample[]>;

const sources = new Set<Source>();

/** Has the source asked at each scrape; returns how to end that. */
export function addSource(source: Source): () => void {
  sources.add(source);
  return () => void sources.delete(source);
}

export const contentType = registry.contentType;

let asked: Promise<string> | undefined;

/** Every metric of this process in OpenMetrics' text format. Who asks while it is being read waits for the same text. */
export function metricsAsText(): Promise<string> {
  asked ??= read().finally(() => (asked = undefined));
  return asked;
}

const patience = seconds(2);
let sampled: ReadonlySet<Readable> = new Set();

async function read(): Promise<string> {
  showRuntime();
  const samples = (await Promise.all([...sources].map(inTime))).flat();
  for (const name of sampled) registry.getSingleMetric(name)?.reset();
  sampled = new Set(samples.map(({ name }) => name));
  for (const { name, labels, value } of samples) {
    const metric = registry.getSingleMetric(name);
    if (metric instanceof Gauge) metric.set({ ...labels }, value);
    if (metric instanceof Counter) metric.inc({ ...labels }, value);
  }
  return registry.metrics();
}

/** A source that is slow shows nothing this time: the others must not be missed with it. */
function inTime(source: Source): Promise<readonly Sample[]> {
  const { promise, resolve } = Promise.withResolvers<readonly Sample[]>();
  const timer = setTimeout(() => resolve([]), patience);
  source().then(resolve, () => resolve([]));
  return promise.finally(() => clearTimeout(timer));
}

let showsRuntime = false;

/** Begins to watch the event loop and the garbage collector with the first scrape: who is never asked does not pay. */
function showRuntime(): void {
  if (showsRuntime) return;
  showsRuntime = true;
  collectDefaultMetrics({
    register: registry,
    gcDurationBuckets: [...metrics.nodejs_gc_duration_seconds.buckets],
  });
  for (const { name } of registry.getMetricsAsArray())
    if (!(name in metrics)) registry.removeSingleMetric(name);
}

/** Asks again only after `keep`, however often it is scraped. */
export function cached(source: Source, keep: Duration = seconds(5)): Source {
  let known: Promise<readonly Sample[]> = Promise.resolve([]);
  let readAt = -Infinity;
  return () => {
    if (performance.now() - readAt < keep) return known;
    readAt = performance.now();
    known = source();
    return known;
  };
}
