import { must } from "../violation.ts";
import type { World } from "../world.ts";

const leaving = ["held", "dispatchable", "dispatched", "delivered"];

/** I4: each order that stands has a parcel, no cancelled one has, and the carrier knows likewise. */
export function checkParcels({ tables, carrierBooks }: World): void {
  const shipments = new Map(
    tables.rows("shipping", "shipments").map((row) => [row["order_id"], row]),
  );
  for (const order of tables.rows("order", "orders")) {
    const status = String(order["status"]);
    if (status === "pending" || status === "cancelling") continue;
    const shipment = shipments.get(order["id"]);
    const parcel = shipment ? String(shipment["status"]) : "none";
    const stands = status !== "cancelled";
    const say = () =>
      `order ${String(order["id"])} is ${status}, its parcel ${parcel}`;
    must(leaving.includes(parcel) === stands, "I4", say);
    if (shipment === undefined) continue;
    const id = String(shipment["id"]);
    const booked =
      carrierBooks.booked.has(id) && !carrierBooks.cancelled.has(id);
    must(booked === stands, "I4", () => `${say()}, at the carrier ${booked}`);
  }
}
