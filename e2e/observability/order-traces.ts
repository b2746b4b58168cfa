import assert from "node:assert/strict";
import { seconds } from "@cartwright/kernel/duration";
import { newId } from "@cartwright/kernel/ids";
import { eventually } from "@cartwright/testing/eventually";
import type { Platform } from "../support/platform.ts";
import { anAddress, type Shop } from "../support/shop.ts";
import type { Backends } from "./backends.ts";
import { say } from "./say.ts";
import {
  assertNoOrphan,
  assertRegistered,
  aTrace,
  spansOf,
  type Span,
} from "./trace.ts";

/** Service and span, and of a publication the message's type besides. */
type Seen = readonly string[];

/** Request, batches and calls of every order. Identity and catalog are not asked: tokens and prices are known where they are needed. */
const always: readonly Seen[] = [
  ["gateway", "gateway POST"],
  ["order", "POST /api/v1/orders"],
  ["order", "process order"],
  ["inventory", "process inventory"],
  ["payment", "process payment"],
  ["payment", "call authorize"],
  ["shipping", "process shipping"],
  ["notification", "process notification"],
  ["notification", "call send"],
  ["analytics", "process analytics"],
];

/** What the order's saga did, told from its log once the mail is on its way or all is undone. */
const saga = (...steps: string[]): Seen[] =>
  ["run place-order", ...steps].map((span) => ["order", span]);

/** Through the outbox to Kafka, and back; and over HTTP to the payment provider, which is a process of its own there. */
const asked: readonly Seen[] = [
  ["payment", "POST"],
  ["order", "publish inventory-commands", "inventory.ReserveInventory.v1"],
  ["inventory", "publish inventory-events", "inventory.InventoryReserved.v1"],
  ["order", "publish payment-commands", "payment.AuthorizePayment.v1"],
];

/** What an order's trace shows when all went well, and when its payment was refused. */
const confirmed = {
  paymentToken: "tok_visa",
  spans: [
    ...always,
    ["payment", "call capture"],
    ["shipping", "call book"],
    ...saga(
      ...["step reserve-inventory", "step authorize-payment"],
      ...["step create-shipment", "step capture-payment"],
      "step notify-customer",
    ),
  ] satisfies Seen[],
  published: [
    ...asked,
    ["payment", "publish payment-events", "payment.PaymentProcessed.v1"],
    ["order", "publish order-events", "order.OrderConfirmed.v1"],
  ] satisfies Seen[],
};
const cancelled = {
  paymentToken: "tok_declined",
  spans: [
    ...always,
    ...saga(
      ...["step reserve-inventory", "step authorize-payment"],
      "undo reserve-inventory",
    ),
  ] satisfies Seen[],
  published: [
    ...asked,
    ["payment", "publish payment-events", "payment.PaymentFailed.v1"],
    ["order", "publish inventory-commands", "inventory.ReleaseInventory.v1"],
    ["inventory", "publish inventory-events", "inventory.InventoryReleased.v1"],
    ["order", "publish order-events", "order.OrderCancelled.v1"],
  ] satisfies Seen[],
};

/** An order that is confirmed and one that is undone, each one trace from the request to the mail. */
export async function orderTraces(
  shop: Shop,
  { jaeger }: Backends,
  mode: Platform["mode"],
): Promise<void> {
  for (const [status, expected] of Object.entries({ confirmed, cancelled })) {
    const { paymentToken, published } = expected;
    const { traceId, parent } = await ordered(shop, paymentToken, status);
    const wanted = [...expected.spans, ...(mode === "kafka" ? published : [])];
    const spans = await eventually(
      async () => {
        const spans = await spansOf(jaeger, traceId);
        const seen = new Set(spans.map(seenOf));
        const missing = wanted.filter((one) => !seen.has(one.join(" ")));
        assert.deepEqual(missing, [], `The trace of a ${status} order lacks`);
        return spans;
      },
      { within: seconds(60), every: 500 },
    );
    assertNoOrphan(spans, "gateway", parent);
    assertRegistered(spans);
    const services = new Set(spans.map(({ service }) => service));
    say(
      `an order that is ${status} is one trace: ${spans.length} spans of ${services.size} services, none an orphan`,
    );
  }
}

function seenOf({ service, name, attributes = [] }: Span): string {
  const type = attributes.find(({ key }) => key === "cloudevents.event_type");
  const { stringValue } = { ...type?.value };
  return [service, name, ...(stringValue ? [stringValue] : [])].join(" ");
}

/** An order that its customer has recorded. */
async function ordered(shop: Shop, paymentToken: string, status: string) {
  const trace = aTrace("01");
  const order = await ordering(shop, paymentToken);
  const { body } = await order(trace);
  await shop.reaches(body.orderId, status);
  return trace;
}

/** Orders one of a product within a trace that is the order's alone. */
async function ordering(shop: Shop, paymentToken: string) {
  const [customer, product] = [await shop.customer(), await shop.product()];
  return ({ traceparent }: { readonly traceparent: string }) =>
    shop.post("/orders", {
      token: customer.token,
      idempotencyKey: newId(),
      headers: { traceparent },
      body: {
        ...{ items: [{ productId: product.id, quantity: 1 }], paymentToken },
        shippingAddress: anAddress,
      },
    });
}

const together = 10;

/** Orders that come at once share batches, and the traces say so. */
export async function batchesAreLinked(
  shop: Shop,
  { jaeger }: Backends,
): Promise<void> {
  const order = await ordering(shop, "tok_visa");
  const traces = Array.from({ length: together }, () => aTrace("01"));
  await Promise.all(traces.map(order));
  const ours = new Set(traces.map(({ traceId }) => traceId));
  const links = await eventually(
    async () => {
      const all = await Promise.all(
        [...ours].map((traceId) => spansOf(jaeger, traceId)),
      );
      const spans = all.flat();
      const ids = new Set(spans.map(({ spanId }) => spanId));
      const links = spans
        .flatMap((span) => span.links ?? [])
        .filter(({ traceId }) => ours.has(traceId));
      assert.notEqual(links.length, 0, "No batch is linked to another trace.");
      const broken = links.filter(
        (link) => !ids.has(link.spanId) && !isParent(link.spanId, spans),
      );
      assert.deepEqual(broken, []);
      return links;
    },
    { within: seconds(60), every: 500 },
  );
  say(
    `batches join ${together} orders: ${links.length} links between their traces`,
  );
}

/** A batch is linked to what its messages were written for. */
const isParent = (id: string, spans: readonly Span[]): boolean =>
  spans.some(({ parentSpanId }) => parentSpanId === id);
