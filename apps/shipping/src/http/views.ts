import type { Rate } from "../domain/rates.ts";
import type { Shipment, ShipmentStatus } from "../domain/shipment.ts";

export const viewOfShipment = (shipment: Shipment) => ({
  shipmentId: shipment.id,
  orderId: shipment.orderId,
  status: shownAs(shipment.status),
  ...shipment.parcel,
  ...shipment.booking,
  ...(shipment.code !== undefined && { code: shipment.code }),
  createdAt: shipment.history[0]?.at,
});

export const trackingOf = (shipment: Shipment) => ({
  shipmentId: shipment.id,
  status: shownAs(shipment.status),
  ...shipment.booking,
  history: shipment.history
    .map(({ status, at }) => ({ status: shownAs(status), at }))
    .filter(({ status }, index, all) => status !== all[index - 1]?.status),
});

export const viewOfRate = ({ service, price, days: [min, max] }: Rate) => ({
  service,
  price,
  minDays: min,
  maxDays: max,
});

/** That the carrier still has to hear of a cancellation is no concern of the reader. */
const shownAs = (status: ShipmentStatus) =>
  status === "withdrawn" ? "cancelled" : status;
