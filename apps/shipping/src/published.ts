import type { Draft } from "@cartwright/contracts/message";
import * as contracts from "@cartwright/contracts/shipping";
import type { ShipmentEvent } from "./domain/shipment.ts";

/** The published form of what was decided here. */
export function publishedForm(event: ShipmentEvent): Draft {
  const { at, ...data } = event;
  switch (data.kind) {
    case "created":
      return contracts.shipmentCreated({ ...data, createdAt: at });
    case "rejected":
      return contracts.shipmentRejected({ ...data, rejectedAt: at });
    case "cancelled":
      return contracts.shipmentCancelled({ ...data, cancelledAt: at });
    case "cancellation-rejected":
      return contracts.shipmentCancellationRejected({
        ...data,
        rejectedAt: at,
      });
    case "dispatched":
      return contracts.shipmentDispatched({ ...data, dispatchedAt: at });
    case "delivered":
      return contracts.shipmentDelivered({ ...data, deliveredAt: at });
  }
}
