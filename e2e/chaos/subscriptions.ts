import {
  priceChanged,
  productCreated,
  productDeleted,
  productUpdated,
} from "@cartwright/contracts/catalog";
import { contracts } from "@cartwright/contracts/catalogue";
import type { Contract } from "@cartwright/contracts/define";
import * as inventory from "@cartwright/contracts/inventory";
import * as notification from "@cartwright/contracts/notification";
import { orderCancelled, orderConfirmed } from "@cartwright/contracts/order";
import * as payment from "@cartwright/contracts/payment";
import * as shipping from "@cartwright/contracts/shipping";

/** Which messages each consumer takes into its inbox. Written down apart from the services, as a second opinion. */
const subscriptions: Readonly<Record<string, readonly Contract[]>> = {
  analytics: contracts.filter(({ kind }) => kind === "event"),
  order: [
    inventory.inventoryReserved,
    inventory.inventoryReservationRejected,
    inventory.inventoryReleased,
    payment.paymentAuthorized,
    payment.paymentFailed,
    payment.paymentProcessed,
    payment.paymentCancelled,
    shipping.shipmentCreated,
    shipping.shipmentRejected,
    shipping.shipmentCancelled,
    shipping.shipmentCancellationRejected,
    shipping.shipmentDispatched,
    shipping.shipmentDelivered,
    notification.notificationSent,
    notification.notificationFailed,
    productCreated,
    productUpdated,
    priceChanged,
    productDeleted,
  ],
  payment: [
    payment.authorizePayment,
    payment.capturePayment,
    payment.cancelPayment,
  ],
  inventory: [
    inventory.reserveInventory,
    inventory.releaseInventory,
    orderConfirmed,
    productCreated,
  ],
  shipping: [shipping.createShipment, shipping.cancelShipment, orderConfirmed],
  notification: [notification.sendNotification, orderCancelled],
};

/** Of which aggregates a consumer wants all events, one after the other; to the rest it listens as they come. */
const followed: Readonly<Record<string, readonly string[]>> = {
  order: ["shipment"],
  inventory: ["order", "product"],
  shipping: ["order"],
  notification: ["order"],
};

export type Subscription = {
  readonly consumer: string;
  /** Kinds of subjects: `order` of `order/<id>`. */
  readonly follows: ReadonlySet<string>;
  readonly types: ReadonlySet<string>;
  readonly topics: ReadonlySet<string>;
};

export const allSubscriptions: readonly Subscription[] = Object.entries(
  subscriptions,
).map(([consumer, wanted]) => ({
  consumer,
  follows: new Set(followed[consumer]),
  types: new Set(wanted.map(({ type }) => type)),
  topics: new Set(wanted.map(({ topic }) => topic)),
}));
