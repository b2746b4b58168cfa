import { Refusal } from "@cartwright/kernel/refusal";
import {
  blank,
  enter,
  tell,
  type BookingOutcome,
  type Parcel,
  type Shipment,
  type ShipmentDecision,
} from "./shipment.ts";

/** Asks the carrier; the answer comes later. Who was told to cancel first is refused. */
export function create(
  existing: Shipment | undefined,
  { orderId, parcel }: { readonly orderId: string; readonly parcel: Parcel },
  at: string,
): ShipmentDecision | undefined {
  if (existing === undefined) {
    return {
      shipment: enter({ ...blank(orderId), parcel }, "requested", at),
      task: { kind: "book", lines: parcel.lines, address: parcel.address },
    };
  }
  if (existing.parcel !== undefined) return undefined;
  return tell({ ...existing, parcel, code: "cancelled" }, at, {
    kind: "rejected",
    code: "cancelled",
  });
}

/** The carrier's answer. If nobody wants the shipment any more, the booking is cancelled there too. */
export function settleBooking(
  shipment: Shipment,
  outcome: BookingOutcome,
  at: string,
): ShipmentDecision | undefined {
  if (shipment.status === "withdrawn") {
    const cancelled = enter(
      { ...shipment, code: "cancelled" },
      "cancelled",
      at,
    );
    return {
      ...tell(cancelled, at, { kind: "rejected", code: "cancelled" }),
      ...(outcome.kind === "booked" && { task: { kind: "cancel-booking" } }),
    };
  }
  if (shipment.status !== "requested") return undefined;
  if (outcome.kind === "refused") {
    const { code } = outcome;
    return tell(enter({ ...shipment, code }, "rejected", at), at, {
      kind: "rejected",
      code,
    });
  }
  const booking = {
    carrier: outcome.carrier,
    trackingNumber: outcome.trackingNumber,
  };
  return tell(enter({ ...shipment, booking }, "held", at), at, {
    kind: "created",
    ...booking,
  });
}

/** Always answered; what comes later of the shipment is undone when it comes. */
export function cancel(
  existing: Shipment | undefined,
  { orderId }: { readonly orderId: string },
  at: string,
): ShipmentDecision {
  const shipment = existing ?? blank(orderId);
  switch (existing?.status) {
    case undefined:
      return tell(enter(shipment, "cancelled", at), at, { kind: "cancelled" });
    case "requested":
      return tell(enter(shipment, "withdrawn", at), at, { kind: "cancelled" });
    case "held":
    case "dispatchable":
      return {
        ...tell(enter(shipment, "cancelled", at), at, { kind: "cancelled" }),
        task: { kind: "cancel-booking" },
      };
    case "rejected":
    case "withdrawn":
    case "cancelled":
      return tell(shipment, at, { kind: "cancelled" });
    case "dispatched":
    case "delivered":
      return tell(shipment, at, {
        kind: "cancellation-rejected",
        code: "already-dispatched",
      });
  }
}

/** The order is confirmed: what was held may leave. */
export function clear(
  existing: Shipment | undefined,
  at: string,
): ShipmentDecision | undefined {
  if (existing?.status !== "held") return undefined;
  return {
    shipment: enter(existing, "dispatchable", at),
    task: { kind: "dispatch" },
  };
}

/** A parcel that has left has been dispatched: said again it changes nothing. */
export function dispatch(shipment: Shipment, at: string): ShipmentDecision {
  if (shipment.status === "dispatched" || shipment.status === "delivered")
    return { shipment };
  if (shipment.status !== "dispatchable" || shipment.booking === undefined) {
    throw refusedBecauseOf("not-dispatchable", shipment);
  }
  return tell(enter(shipment, "dispatched", at), at, {
    kind: "dispatched",
    ...shipment.booking,
  });
}

export function deliver(shipment: Shipment, at: string): ShipmentDecision {
  if (shipment.status === "delivered") return { shipment };
  if (shipment.status !== "dispatched" || shipment.booking === undefined) {
    throw refusedBecauseOf("not-dispatched", shipment);
  }
  return tell(enter(shipment, "delivered", at), at, {
    kind: "delivered",
    ...shipment.booking,
  });
}

/** What is to be done, or what there is no more to do. */
const andSo: Readonly<Record<Shipment["status"], string>> = {
  requested: "; it can leave once its order is confirmed",
  held: "; it can leave once its order is confirmed",
  dispatchable: "; dispatch it first",
  dispatched: " already",
  delivered: " already",
  rejected: "; it will not leave",
  cancelled: "; it will not leave",
  withdrawn: "; it will not leave",
};

const refusedBecauseOf = (code: string, { status }: Shipment): Refusal =>
  new Refusal(code, `The shipment is ${status}${andSo[status]}.`, {
    shipmentStatus: status,
  });
