import type { Refusal } from "@cartwright/kernel/refusal";
import { anOrder } from "../../test/fixtures.ts";
import {
  cancel,
  confirm,
  declineCancellation,
  markDelivered,
  markShipped,
  requestCancellation,
  type Order,
  type OrderDecider,
} from "./order.ts";

const at = new Date("2026-01-02T10:00:00Z");
const context = { at, reason: null };

const after = (order: Order, ...deciders: OrderDecider[]) =>
  deciders.reduce(
    (before, decide) => {
      const decision = decide(before.order, context);
      return {
        order: decision.order,
        events: [...before.events, ...decision.events.map(({ kind }) => kind)],
      };
    },
    { order, events: [] as string[] },
  );

const wish: OrderDecider = (order) =>
  requestCancellation(order, { at, reason: "requested-by-customer" });

it("is confirmed once, with the time it happened", () => {
  const { order, events } = after(anOrder(), confirm);
  expect(order).toMatchObject({ status: "confirmed", confirmedAt: at });
  expect(events).toEqual(["confirmed"]);
  expect(() => confirm(order, context)).toThrow("from confirmed to confirmed");
});

it("keeps the customer's reason for cancelling before the saga's", () => {
  const wished = after(anOrder(), wish).order;
  const { order } = cancel(wished, { at, reason: "card-declined" });
  expect(order).toMatchObject({
    status: "cancelled",
    cancellationReason: "requested-by-customer",
    cancelledAt: at,
  });
});

it("says why it was cancelled when nobody had asked for it", () => {
  const { order } = cancel(anOrder(), { at, reason: "out-of-stock" });
  expect(order.cancellationReason).toBe("out-of-stock");
});

it("takes a second wish to cancel for the first", () => {
  expect(after(anOrder(), wish, wish)).toMatchObject({
    order: { status: "cancelling" },
    events: [],
  });
});

it("leaves an order as it is that is cancelled already", () => {
  const order = anOrder({ status: "cancelled" });
  expect(wish(order, context)).toEqual({ order, events: [] });
});

it.each([["shipped"], ["delivered"], ["completed"]] as const)(
  "refuses to cancel an order that is %s",
  (status) => {
    expect(() => wish(anOrder({ status }), context)).toThrow(
      expect.objectContaining({ code: "order-not-cancellable" }) as Refusal,
    );
  },
);

it("is confirmed again when the cancellation came too late", () => {
  const { order, events } = after(
    anOrder(),
    confirm,
    wish,
    declineCancellation,
  );
  expect(order).toMatchObject({
    status: "confirmed",
    cancellationReason: null,
  });
  expect(events).toEqual(["confirmed"]);
});

it("is shipped when the parcel left while it was being cancelled", () => {
  const { order, events } = after(
    anOrder(),
    confirm,
    wish,
    markShipped("T1"),
    declineCancellation,
  );
  expect(order).toMatchObject({ status: "shipped", trackingNumber: "T1" });
  expect(events).toEqual(["confirmed", "shipped"]);
});

it("is completed when the parcel arrives, and only then", () => {
  const { order, events } = after(
    anOrder(),
    confirm,
    markShipped("T1"),
    markDelivered,
  );
  expect(order).toMatchObject({
    status: "completed",
    deliveredAt: at,
    completedAt: at,
  });
  expect(events).toEqual(["confirmed", "shipped", "completed"]);
  expect(after(anOrder(), markDelivered).events).toEqual([]);
});

it("is completed when the parcel left and arrived while it was being cancelled", () => {
  const { order, events } = after(
    anOrder(),
    confirm,
    wish,
    markShipped("T1"),
    markDelivered,
    declineCancellation,
  );
  expect(order).toMatchObject({
    status: "completed",
    shippedAt: at,
    deliveredAt: at,
    completedAt: at,
  });
  expect(events).toEqual(["confirmed", "shipped", "completed"]);
});
