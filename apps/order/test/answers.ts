import * as inventory from "@cartwright/contracts/inventory";
import * as notification from "@cartwright/contracts/notification";
import * as payment from "@cartwright/contracts/payment";
import * as shipping from "@cartwright/contracts/shipping";
import { derivedId, newId } from "@cartwright/kernel/ids";
import type { Money } from "@cartwright/kernel/money";

const at = "2026-01-01T10:00:01.000Z";

/** What the participants of an order would answer. */
export function answersAbout(orderId: string, amount: Money) {
  const paid = { orderId, amount, paymentId: derivedId("payment", orderId) };
  const parcel = { orderId, shipmentId: derivedId("shipment", orderId) };
  return {
    reserved: inventory.inventoryReserved({
      orderId,
      reservationId: derivedId("reservation", orderId),
      lines: [{ sku: "MUG-01", quantity: 2 }],
      reservedAt: at,
    }),
    outOfStock: inventory.inventoryReservationRejected({
      orderId,
      code: "out-of-stock",
      shortages: [{ sku: "MUG-01", requested: 2, available: 1 }],
      rejectedAt: at,
    }),
    released: inventory.inventoryReleased({
      orderId,
      lines: [],
      releasedAt: at,
    }),
    authorized: payment.paymentAuthorized({ ...paid, authorizedAt: at }),
    declined: payment.paymentFailed({
      ...paid,
      phase: "authorization",
      code: "card-declined",
      failedAt: at,
    }),
    captured: payment.paymentProcessed({ ...paid, processedAt: at }),
    captureRefused: payment.paymentFailed({
      ...paid,
      phase: "capture",
      code: "card-expired",
      failedAt: at,
    }),
    paymentCancelled: payment.paymentCancelled({
      ...paid,
      outcome: "voided",
      cancelledAt: at,
    }),
    shipmentCreated: shipping.shipmentCreated({
      ...parcel,
      carrier: "simulated",
      trackingNumber: "T1",
      createdAt: at,
    }),
    addressRefused: shipping.shipmentRejected({
      ...parcel,
      code: "address-not-deliverable",
      rejectedAt: at,
    }),
    shipmentCancelled: shipping.shipmentCancelled({
      ...parcel,
      cancelledAt: at,
    }),
    alreadyDispatched: shipping.shipmentCancellationRejected({
      ...parcel,
      code: "already-dispatched",
      rejectedAt: at,
    }),
    notified: notification.notificationSent({
      orderId,
      notificationId: newId(),
      customerId: newId(),
      template: "order-confirmed",
      channel: "email",
      sentAt: at,
    }),
    notNotified: notification.notificationFailed({
      orderId,
      notificationId: newId(),
      customerId: newId(),
      template: "order-confirmed",
      channel: "email",
      code: "no-contact",
      failedAt: at,
    }),
  };
}
