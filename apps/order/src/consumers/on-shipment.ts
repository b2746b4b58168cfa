import { causedBy } from "@cartwright/contracts/message";
import {
  shipmentDelivered,
  shipmentDispatched,
} from "@cartwright/contracts/shipping";
import type { OrderId } from "@cartwright/kernel/ids";
import { on } from "@cartwright/messaging/handler";
import type { OrderStore } from "../db/order-store.ts";
import { markDelivered, markShipped } from "../domain/order.ts";

/** Follows the parcel: shipped when it leaves, completed when it arrives. */
export const onShipment = (orders: OrderStore) =>
  on([shipmentDispatched, shipmentDelivered], (tx, messages) =>
    orders.change(
      tx,
      messages.map((message) => ({
        id: message.data.orderId as OrderId,
        cause: causedBy(message),
        decide: (order) =>
          message.type === shipmentDispatched.type
            ? markShipped(message.data.trackingNumber)(
                order,
                contextOf(message.data.dispatchedAt),
              )
            : markDelivered(order, contextOf(message.data.deliveredAt)),
      })),
    ),
  );

const contextOf = (at: string) => ({ at: new Date(at), reason: null });
