import { newId } from "@cartwright/kernel/ids";
import { deliveryId, repeat, requestDelivery, settle } from "./delivery.ts";

const at = new Date("2026-05-01T10:00:00Z");
const later = new Date("2026-05-01T10:00:01Z");
const aDelivery = () =>
  requestDelivery(
    { orderId: newId(), customerId: newId(), template: "order-confirmed" },
    at,
  );

it("is the same delivery for the same fact about the same order", () => {
  const orderId = newId();
  expect(deliveryId(orderId, "order-confirmed")).toBe(
    deliveryId(orderId, "order-confirmed"),
  );
  expect(deliveryId(orderId, "order-confirmed")).not.toBe(
    deliveryId(orderId, "order-cancelled"),
  );
});

it("counts one event when it is sent", () => {
  const sent = settle(
    aDelivery(),
    { status: "sent", title: "Confirmed" },
    later,
  );
  expect(sent?.eventSequence).toBe(1);
  expect(sent?.state).toEqual({
    status: "sent",
    title: "Confirmed",
    settledAt: later,
  });
});

it("keeps the code of what went wrong", () => {
  const failed = settle(
    aDelivery(),
    { status: "failed", code: "no-contact", title: "Confirmed" },
    later,
  );
  expect(failed?.state).toEqual({
    status: "failed",
    code: "no-contact",
    title: "Confirmed",
    settledAt: later,
  });
});

it("stays as it was settled first", () => {
  const sent = settle(aDelivery(), { status: "sent", title: "Confirmed" }, at);
  expect(
    settle(sent!, { status: "failed", code: "no-contact" }, later),
  ).toBeUndefined();
});

it("counts one more event when another command asks for what was sent", () => {
  const sent = settle(aDelivery(), { status: "sent", title: "Confirmed" }, at);
  expect(repeat(sent!)).toEqual({ ...sent, eventSequence: 2 });
});
