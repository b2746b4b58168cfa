import type { MessageOf } from "@cartwright/contracts/define";
import { causedBy } from "@cartwright/contracts/message";
import { orderConfirmed } from "@cartwright/contracts/order";
import { cancelShipment, createShipment } from "@cartwright/contracts/shipping";
import type { Clock } from "@cartwright/kernel/clock";
import { on } from "@cartwright/messaging/handler";
import type { DecideAll, Question } from "../decide-all.ts";
import { cancel, clear, create } from "../domain/deciders.ts";
import { shipmentIdOf } from "../domain/shipment.ts";

type OrderMoved =
  | MessageOf<typeof createShipment>
  | MessageOf<typeof cancelShipment>
  | MessageOf<typeof orderConfirmed>;

/** Creates, cancels and clears shipments, for all orders of a batch at once. */
export const onOrderMoved = ({
  decideAll,
  clock,
}: {
  readonly decideAll: DecideAll;
  readonly clock: Clock;
}) =>
  on([createShipment, cancelShipment, orderConfirmed], async (tx, messages) => {
    const at = clock.now().toISOString();
    await decideAll(
      tx,
      messages.map((message) => ({
        shipmentId: shipmentIdOf(message.data.orderId),
        cause: causedBy(message),
        decide: deciderFor(message, at),
      })),
    );
  });

function deciderFor(
  { type, data }: OrderMoved,
  at: string,
): Question["decide"] {
  switch (type) {
    case "shipping.CreateShipment.v1": {
      const { orderId, ...parcel } = data;
      return (shipment) => create(shipment, { orderId, parcel }, at);
    }
    case "shipping.CancelShipment.v1":
      return (shipment) => cancel(shipment, data, at);
    case "order.OrderConfirmed.v1":
      return (shipment) => clear(shipment, at);
  }
}
