import type { Parcel, Shipment } from "../domain/shipment.ts";

/** A shipment as its table has it. */
export type ShipmentRow = Omit<Shipment, "parcel" | "booking" | "code"> & {
  readonly customerId: string | null;
  readonly lines: Parcel["lines"] | null;
  readonly address: Parcel["address"] | null;
  readonly carrier: string | null;
  readonly trackingNumber: string | null;
  readonly code: string | null;
};

export function shipmentOf(row: ShipmentRow): Shipment {
  const { customerId, lines, address, carrier, trackingNumber, code, ...rest } =
    row;
  return {
    ...rest,
    ...(customerId !== null &&
      lines !== null &&
      address !== null && { parcel: { customerId, lines, address } }),
    ...(carrier !== null &&
      trackingNumber !== null && { booking: { carrier, trackingNumber } }),
    ...(code !== null && { code }),
  };
}

export const rowOf = ({
  parcel,
  booking,
  code,
  ...rest
}: Shipment): ShipmentRow => ({
  ...rest,
  customerId: parcel?.customerId ?? null,
  lines: parcel?.lines ?? null,
  address: parcel?.address ?? null,
  carrier: booking?.carrier ?? null,
  trackingNumber: booking?.trackingNumber ?? null,
  code: code ?? null,
});
