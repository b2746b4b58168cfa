import { derivedId, type Id } from "@cartwright/kernel/ids";

export type ShipmentId = Id<"shipment">;

/**
 * requested → held → dispatchable → dispatched → delivered, or requested → rejected. Cancelling leads
 * to `cancelled`; by way of `withdrawn` while the carrier has not answered yet.
 */
export type ShipmentStatus =
  | "requested"
  | "held"
  | "dispatchable"
  | "dispatched"
  | "delivered"
  | "rejected"
  | "withdrawn"
  | "cancelled";

export type Address = {
  readonly name: string;
  readonly line1: string;
  readonly line2?: string | undefined;
  readonly postalCode: string;
  readonly city: string;
  readonly country: string;
};

export type Parcel = {
  readonly customerId: string;
  readonly lines: readonly {
    readonly sku: string;
    readonly quantity: number;
  }[];
  readonly address: Address;
};

export type Booking = {
  readonly carrier: string;
  readonly trackingNumber: string;
};

export type Shipment = {
  readonly id: ShipmentId;
  readonly orderId: string;
  readonly status: ShipmentStatus;
  /** Absent while only a cancellation is known. */
  readonly parcel?: Parcel;
  /** Present once the carrier has agreed. */
  readonly booking?: Booking;
  /** Why it was refused. */
  readonly code?: string;
  readonly history: readonly {
    readonly status: ShipmentStatus;
    readonly at: string;
  }[];
  /** Of the last event published about this shipment. */
  readonly sequence: number;
};

type Told =
  | ({ readonly kind: "created" | "dispatched" | "delivered" } & Booking)
  | {
      readonly kind: "rejected" | "cancellation-rejected";
      readonly code: string;
    }
  | { readonly kind: "cancelled" };

export type ShipmentEvent = Told & {
  readonly orderId: string;
  readonly shipmentId: ShipmentId;
  readonly sequence: number;
  readonly at: string;
};

/** What is to be done outside once the decision is saved; at most one of each kind per shipment. */
export type ShipmentTask =
  | ({ readonly kind: "book" } & Pick<Parcel, "lines" | "address">)
  | { readonly kind: "cancel-booking" }
  | { readonly kind: "dispatch" };

export type ShipmentDecision = {
  readonly shipment: Shipment;
  readonly event?: ShipmentEvent;
  readonly task?: ShipmentTask;
};

/** What the carrier said to a booking. */
export type BookingOutcome =
  | ({ readonly kind: "booked" } & Booking)
  | { readonly kind: "refused"; readonly code: string };

export const shipmentIdOf = (orderId: string): ShipmentId =>
  derivedId("shipment", orderId);

/** A shipment of which nothing is known yet. */
export const blank = (orderId: string): Shipment => ({
  id: shipmentIdOf(orderId),
  orderId,
  status: "requested",
  history: [],
  sequence: 0,
});

/** Changes the status and writes the change down. */
export const enter = (
  shipment: Shipment,
  status: ShipmentStatus,
  at: string,
): Shipment => ({
  ...shipment,
  status,
  history: [...shipment.history, { status, at }],
});

/** Publishes; the count of events goes up with each. */
export function tell(
  shipment: Shipment,
  at: string,
  told: Told,
): Required<Pick<ShipmentDecision, "shipment" | "event">> {
  const sequence = shipment.sequence + 1;
  const { id: shipmentId, orderId } = shipment;
  const event: ShipmentEvent = { ...told, orderId, shipmentId, sequence, at };
  return { shipment: { ...shipment, sequence }, event };
}
