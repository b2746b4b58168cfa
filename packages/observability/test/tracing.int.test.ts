import type { Cause } from "@cartwright/contracts/message";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { histogram } from "../src/metrics.ts";
import { metricsAsText } from "../src/scrape.ts";
import { startTracing } from "../src/tracing.ts";

type Span = {
  name: string;
  traceId: string;
  parentSpanId?: string;
  startTimeUnixNano: string;
  links?: { traceId: string; spanId?: string }[];
};
type Export = {
  resourceSpans: { scopeSpans: { spans: Span[] }[] }[];
};

let receiver: Server;
let endpoint: string;
let received: Span[] = [];

beforeEach(async () => {
  received = [];
  receiver = createServer((request, response) => {
    void json(request).then((body) => {
      for (const { scopeSpans } of (body as Export).resourceSpans) {
        received.push(...scopeSpans.flatMap(({ spans }) => spans));
      }
      response.end("{}");
    });
  }).listen(0);
  await once(receiver, "listening");
  endpoint = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
});

afterEach(() => {
  receiver.close();
  receiver.closeAllConnections();
});

const order = { correlationId: "order-1" };

it("shows one order as one trace across services and batches", async () => {
  const shop = await startTracing({
    service: "order",
    endpoint,
    sampleRatio: 1,
  });
  const stock = await startTracing({ service: "inventory", endpoint });

  let published: Cause = order;
  await shop.span("POST /orders", { cause: order, kind: "server" }, (cause) =>
    shop.span("place order", { cause }, async (inner) => {
      published = inner;
    }),
  );
  await stock.batch("inventory batch", [published], () => Promise.resolve());
  await Promise.all([shop.stop?.(), stock.stop?.()]);

  expect(received.map(({ name }) => name).sort()).toEqual([
    "POST /orders",
    "inventory batch",
    "place order",
  ]);
  expect(new Set(received.map(({ traceId }) => traceId)).size).toBe(1);
});

it("links a batch to every sampled order in it, and shows it in each order's trace", async () => {
  const tracing = await startTracing({
    service: "order",
    endpoint,
    sampleRatio: 1,
  });
  const causes: Cause[] = [];
  for (const name of ["first", "second"]) {
    await tracing.span(name, { cause: order }, async (cause) => {
      causes.push(cause);
    });
  }
  await tracing.batch("batch", causes, () => Promise.resolve());
  await tracing.stop?.();

  const batches = received.filter(({ name }) => name === "batch");
  const traces = new Set(received.map(({ traceId }) => traceId));
  expect(traces.size).toBe(2);
  expect(new Set(batches.map(({ traceId }) => traceId))).toEqual(traces);
  expect(batches.every(({ links }) => links?.length === 1)).toBe(true);
});

it("asks for a batch's attributes where it is recorded, and nowhere else", async () => {
  const tracing = await startTracing({ service: "order", endpoint });
  let asked = 0;
  for (const flags of ["00", "01"]) {
    const traceparent = `00-${"a".repeat(32)}-${"b".repeat(16)}-${flags}`;
    await tracing.batch(
      "batch",
      [{ ...order, traceparent }],
      () => Promise.resolve(),
      () => ({ "messaging.consumer.group.name": `group ${(asked += 1)}` }),
    );
  }
  await tracing.stop?.();
  expect(asked).toBe(1);
  expect(JSON.stringify(received)).toContain("group 1");
});

it("records nothing of traces that were not sampled, yet hands their id on", async () => {
  const tracing = await startTracing({
    service: "order",
    endpoint,
    sampleRatio: 0,
  });
  const handedOn = await tracing.span(
    "POST /orders",
    { cause: order },
    (cause) => tracing.batch("batch", [cause], () => Promise.resolve(cause)),
  );
  await tracing.stop?.();

  expect(handedOn.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
  expect(received).toEqual([]);
});

it("leads from metrics to the traces that are recorded, and to no other", async () => {
  const tracing = await startTracing({ service: "order", endpoint });
  const durations = histogram("http_client_request_duration_seconds");
  for (let n = 0; n < 300; n += 1) {
    const options = { cause: order, kind: "server" } as const;
    await tracing.span("GET /orders", options, async ({ traceparent }) => {
      const labels = { service: "order", peer_service: n, outcome: "answered" };
      durations.observe(0.1, labels, traceparent);
    });
  }
  await tracing.stop?.();

  const named = [
    ...(await metricsAsText()).matchAll(/ # {trace_id="(\w+)"} 0.1 /g),
  ].map(([, traceId]) => traceId);
  expect(named.sort()).toEqual(received.map(({ traceId }) => traceId).sort());
  expect(named.length).toBeGreaterThan(0);
  expect(named.length).toBeLessThan(100); // a tenth is sampled
});

it("records what has begun some time ago, where the trace is recorded", async () => {
  const tracing = await startTracing({ service: "order", endpoint });
  const written = new Date(Date.now() - 1_000);
  for (const [traceId, flags] of [
    ["a".repeat(32), "01"],
    ["b".repeat(32), "00"],
  ] as const)
    tracing.since?.("publish order-events", written, {
      cause: {
        ...order,
        traceparent: `00-${traceId}-${"c".repeat(16)}-${flags}`,
      },
      kind: "producer",
    });
  await tracing.stop?.();
  expect(received).toMatchObject([
    {
      ...{ name: "publish order-events", traceId: "a".repeat(32) },
      parentSpanId: "c".repeat(16),
      startTimeUnixNano: `${written.getTime()}000000`,
    },
  ]);
});

it("tells a trace that was not sampled when it is over, with the ids and times it had", async () => {
  const tracing = await startTracing({
    service: "order",
    endpoint,
    sampleRatio: 0,
  });
  const startTime = new Date(1_000);
  const endTime = new Date(3_000);
  const past = { startTime, endTime, failed: true, attributes: {} };
  tracing.afterwards?.(`00-${"a".repeat(32)}-${"b".repeat(16)}-00`, [
    { name: "run place-order", ...past },
    { name: "step authorize-payment", ...past },
  ]);
  await tracing.stop?.();
  expect(received).toMatchObject([
    {
      ...{ name: "run place-order", traceId: "a".repeat(32) },
      ...{ spanId: "b".repeat(16), startTimeUnixNano: "1000000000" },
      endTimeUnixNano: "3000000000",
    },
    {
      ...{ name: "step authorize-payment", traceId: "a".repeat(32) },
      parentSpanId: "b".repeat(16),
    },
  ]);
  expect(received[0]?.parentSpanId).toBeUndefined();
});

it("tells what is over below the span that a recorded trace names", async () => {
  const tracing = await startTracing({ service: "order", endpoint });
  const past = {
    ...{ startTime: new Date(1_000), endTime: new Date(3_000) },
    ...{ failed: false, attributes: {} },
  };
  tracing.afterwards?.(`00-${"a".repeat(32)}-${"b".repeat(16)}-01`, [
    { name: "run place-order", ...past },
    { name: "step authorize-payment", ...past },
  ]);
  await tracing.stop?.();
  const [run] = received as (Span & { spanId: string })[];
  expect(received).toMatchObject([
    { name: "run place-order", parentSpanId: "b".repeat(16) },
    { name: "step authorize-payment", parentSpanId: run?.spanId },
  ]);
  expect(run?.spanId).not.toBe("b".repeat(16));
});

describe("a trace that is only linked to", () => {
  const stranger = "4bf92f3577b34da6a3ce929d0e0e4736";
  const enter = async (flags: "00" | "01", sampleRatio: number) => {
    const tracing = await startTracing({
      ...{ service: "gateway", endpoint, sampleRatio },
    });
    const link = `00-${stranger}-00f067aa0ba902b7-${flags}`;
    const cause = await tracing.span(
      "gateway GET",
      { cause: order, link },
      (cause) => Promise.resolve(cause),
    );
    await tracing.stop?.();
    return cause;
  };

  it("has nothing recorded by its decision, and lends no name", async () => {
    const { traceparent } = await enter("01", 0);
    expect(traceparent).toMatch(/-00$/);
    expect(traceparent).not.toContain(stranger);
    expect(received).toEqual([]);
  });

  it("leads to ours and back, also where it is not recorded itself", async () => {
    const { traceparent } = await enter("00", 1);
    expect(traceparent).toMatch(/-01$/);
    expect(received).toMatchObject([
      { links: [{ traceId: stranger, spanId: "00f067aa0ba902b7" }] },
    ]);
    expect(received[0]?.traceId).toBe(traceparent?.slice(3, 35));
    expect(received[0]?.parentSpanId).toBeUndefined();
  });
});

it("keeps the thread when nothing is configured", async () => {
  const tracing = await startTracing({ service: "order" });
  const cause = await tracing.span("a", { cause: order }, (outer) =>
    tracing.span("b", { cause: outer }, async (inner) => {
      expect(inner).toEqual(outer);
      return inner;
    }),
  );
  expect(cause.traceparent).toMatch(/-00$/);
});

it("hands no means to annotate where nothing is recorded", async () => {
  const annotating = async (sampleRatio: number) => {
    const tracing = await startTracing({
      ...{ service: "order", endpoint, sampleRatio },
    });
    const able = await tracing.span(
      "a",
      { cause: order },
      async (_, annotate) => {
        annotate?.({ "error.type": "503" });
        return annotate !== undefined;
      },
    );
    await tracing.stop?.();
    return able;
  };
  expect(await annotating(0)).toBe(false);
  expect(await annotating(1)).toBe(true);
  expect(received).toMatchObject([{ name: "a", status: { code: 2 } }]);
});

it("lets a failure through", async () => {
  const tracing = await startTracing({
    service: "order",
    endpoint,
    sampleRatio: 1,
  });
  await expect(
    tracing.span("fails", { cause: order }, () =>
      Promise.reject(new Error("no")),
    ),
  ).rejects.toThrow("no");
  await tracing.stop?.();
  expect(received).toHaveLength(1);
});
