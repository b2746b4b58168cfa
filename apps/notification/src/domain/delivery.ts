import {
  derivedId,
  type Id,
  type OrderId,
  type UserId,
} from "@cartwright/kernel/ids";

export type DeliveryId = Id<"delivery">;

/** That a customer is told one fact about an order, once. */
export type Delivery = {
  readonly id: DeliveryId;
  readonly orderId: OrderId;
  readonly customerId: UserId;
  readonly template: string;
  readonly channel: "email" | "in-app";
  readonly requestedAt: Date;
  /** How many events were published about it. */
  readonly eventSequence: number;
  readonly state: DeliveryState;
};

export type DeliveryState =
  { readonly status: "requested" } | (Outcome & { readonly settledAt: Date });

/** What became of sending it. The title is the rendered subject, as far as there is one. */
export type Outcome =
  | { readonly status: "sent"; readonly title: string }
  | {
      readonly status: "failed";
      readonly code: string;
      readonly title?: string;
    };

export type SettledDelivery = Delivery & {
  readonly state: Exclude<DeliveryState, { status: "requested" }>;
};

/** The same fact about the same order is the same delivery. */
export const deliveryId = (orderId: string, template: string): DeliveryId =>
  derivedId("notification", orderId, template);

export const requestDelivery = (
  request: Pick<Delivery, "orderId" | "customerId" | "template">,
  at: Date,
): Delivery => ({
  id: deliveryId(request.orderId, request.template),
  ...request,
  channel: "email",
  requestedAt: at,
  eventSequence: 0,
  state: { status: "requested" },
});

export const isSettled = (delivery: Delivery): delivery is SettledDelivery =>
  delivery.state.status !== "requested";

/** Settles a requested delivery, which is one event; undefined when it was settled before. */
export const settle = (
  delivery: Delivery,
  outcome: Outcome,
  at: Date,
): SettledDelivery | undefined =>
  isSettled(delivery)
    ? undefined
    : {
        ...delivery,
        eventSequence: delivery.eventSequence + 1,
        state: { ...outcome, settledAt: at },
      };

/** Says again how it ended, to another command that asks for the same delivery. */
export const repeat = (delivery: SettledDelivery): SettledDelivery => ({
  ...delivery,
  eventSequence: delivery.eventSequence + 1,
});
