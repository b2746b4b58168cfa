import { z } from "zod";
import { defineCommand, defineEvent } from "./define.ts";
import { addressShape, idShape, stockLineShape, timeShape } from "./shapes.ts";

/** One shipment per order, and one subject for its whole life, cancelled or not. */
const subject = [
  "shipment",
  (data: { shipmentId: string }) => data.shipmentId,
] as const;
const key = (data: { orderId: string }) => data.orderId;
const shipment = { orderId: idShape, shipmentId: idShape };

/** Created and held: it leaves only after the order is confirmed. */
export const shipmentCreated = defineEvent("shipping.ShipmentCreated.v1", {
  data: z.object({
    ...shipment,
    carrier: z.string(),
    trackingNumber: z.string(),
    createdAt: timeShape,
  }),
  subject,
  key,
});

export const shipmentRejected = defineEvent("shipping.ShipmentRejected.v1", {
  data: z.object({ ...shipment, code: z.string(), rejectedAt: timeShape }),
  subject,
  key,
});

export const shipmentCancelled = defineEvent("shipping.ShipmentCancelled.v1", {
  data: z.object({ ...shipment, cancelledAt: timeShape }),
  subject,
  key,
});

export const shipmentCancellationRejected = defineEvent(
  "shipping.ShipmentCancellationRejected.v1",
  {
    data: z.object({ ...shipment, code: z.string(), rejectedAt: timeShape }),
    subject,
    key,
  },
);

export const shipmentDispatched = defineEvent(
  "shipping.ShipmentDispatched.v1",
  {
    data: z.object({
      ...shipment,
      carrier: z.string(),
      trackingNumber: z.string(),
      dispatchedAt: timeShape,
    }),
    subject,
    key,
  },
);

export const shipmentDelivered = defineEvent("shipping.ShipmentDelivered.v1", {
  data: z.object({
    ...shipment,
    trackingNumber: z.string(),
    deliveredAt: timeShape,
  }),
  subject,
  key,
});

export const trackingUpdated = defineEvent("shipping.TrackingUpdated.v1", {
  data: z.object({
    ...shipment,
    trackingNumber: z.string(),
    status: z.string(),
    at: timeShape,
  }),
  subject,
  key,
});

const commandSubject = [
  "order",
  (data: { orderId: string }) => data.orderId,
] as const;

export const createShipment = defineCommand("shipping.CreateShipment.v1", {
  data: z.object({
    orderId: idShape,
    customerId: idShape,
    lines: z.array(stockLineShape).min(1),
    address: addressShape,
  }),
  done: shipmentCreated,
  refused: shipmentRejected,
  subject: commandSubject,
});

export const cancelShipment = defineCommand("shipping.CancelShipment.v1", {
  data: z.object({ orderId: idShape }),
  done: shipmentCancelled,
  refused: shipmentCancellationRejected,
  undoes: [createShipment],
  subject: commandSubject,
});
