import { counter, gauge, histogram } from "./metrics.ts";
import { metrics } from "./registry/metrics.ts";
import { addSource, cached, metricsAsText } from "./scrape.ts";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const parent = (flags: string) => `00-${TRACE}-00f067aa0ba902b7-${flags}`;

const linesOf = async (name: string): Promise<string[]> =>
  (await metricsAsText()).split("\n").filter((line) => line.startsWith(name));

it("shows every metric that is named, and nothing else", async () => {
  const shown = [
    ...(await metricsAsText()).matchAll(/^# TYPE (\S+) (\w+)$/gm),
  ].map(([, name = "", type]) => (type === "counter" ? `${name}_total` : name));
  expect(shown.sort()).toEqual(Object.keys(metrics).sort());
});

it("names metrics and labels as Prometheus wants them", () => {
  for (const [name, { type, unit, labels }] of Object.entries(metrics)) {
    expect(name).toMatch(/^[a-z][a-z0-9_]+$/);
    expect(name.endsWith("_total")).toBe(type === "counter");
    if (unit === "s") expect(name).toMatch(/_seconds(_total)?$/);
    for (const label of labels) expect(label).toMatch(/^[a-z][a-z_]+$/);
  }
});

it("adds up, by labels", async () => {
  counter("cartwright_orders_total").add(2, { outcome: "created" });
  counter("cartwright_orders_total").add(1, { outcome: "created" });
  gauge("http_server_active_requests").add(1, { service: "order" });
  gauge("http_server_active_requests").add(-1, { service: "order" });
  expect(await linesOf("cartwright_orders_total")).toEqual([
    'cartwright_orders_total{outcome="created"} 3',
  ]);
  expect(await linesOf("http_server_active_requests")).toEqual([
    'http_server_active_requests{service="order"} 0',
  ]);
});

it("leads from a slow value to its trace, when that is recorded", async () => {
  const confirmed = histogram("cartwright_order_confirmation_duration_seconds");
  confirmed.observe(0.2, {}, parent("01"));
  confirmed.observe(4, {}, parent("00"));
  const [first, ...others] = (
    await linesOf("cartwright_order_confirmation_duration_seconds_bucket")
  ).filter((line) => line.includes("trace_id"));
  expect(first).toContain(`# {trace_id="${TRACE}"} 0.2 `);
  expect(others).toEqual([]);
});

it("asks sources at a scrape, forgets what they no longer say, and does without one that fails", async () => {
  const readings = [
    [{ name: "cartwright_outbox_rows", value: 7, labels: { service: "a" } }],
    [],
  ] as const;
  let reading = 0;
  const endings = [
    addSource(async () => readings[reading++] ?? []),
    addSource(() => Promise.reject(new Error("no connection"))),
  ];
  expect(await linesOf("cartwright_outbox_rows")).toEqual([
    'cartwright_outbox_rows{service="a"} 7',
  ]);
  expect(await linesOf("cartwright_outbox_rows")).toEqual([]);
  for (const end of endings) end();
  await metricsAsText();
  expect(reading).toBe(2);
});

it("asks a source once for many scrapes in a row", async () => {
  let asked = 0;
  const source = cached(async () => {
    asked += 1;
    return [];
  });
  await Promise.all([source(), source()]);
  await source();
  expect(asked).toBe(1);
});
