import type { MessageOf } from "@cartwright/contracts/define";
import { causedBy, type Message } from "@cartwright/contracts/message";
import { sendNotification } from "@cartwright/contracts/notification";
import { orderCancelled } from "@cartwright/contracts/order";
import { refundProcessed } from "@cartwright/contracts/payment";
import type { Tx } from "@cartwright/database/tx";
import type { Clock } from "@cartwright/kernel/clock";
import type { OrderId, UserId } from "@cartwright/kernel/ids";
import { unreachable } from "@cartwright/kernel/exhaustive";
import type { Attempts } from "@cartwright/messaging/attempts";
import { inAnyOrder, on } from "@cartwright/messaging/handler";
import type { Outbox } from "@cartwright/messaging/outbox";
import { insertMany, loadMany, saveMany } from "../db/delivery-store.ts";
import {
  isSettled,
  repeat,
  requestDelivery,
  type Delivery,
} from "../domain/delivery.ts";
import {
  cancellationNotice,
  refundNotice,
  type NotificationRequest,
} from "../domain/request.ts";
import { settlementOf } from "../delivering/settlement-event.ts";

type Wanted =
  MessageOf<typeof sendNotification> | MessageOf<typeof orderCancelled>;

type Needs = {
  readonly mails: Attempts<NotificationRequest>;
  readonly outbox: Outbox;
  readonly clock: Clock;
};

/** Records what customers are to be told; the mails go out after the commit. */
export const onNotificationWanted = (needs: Needs) =>
  on([sendNotification, orderCancelled], async (tx, messages) => {
    const { wanted, created } = await recordWanted(
      tx,
      needs,
      messages.map((message) => ({ message, request: requestOf(message) })),
    );
    const known = wanted.filter(
      ({ delivery, message }) =>
        message.type === sendNotification.type && !created.has(delivery.id),
    );
    if (known.length > 0) await answerAgain(tx, needs.outbox, known);
  });

/** In any order: of a payment's events this is the only one that is heard. */
export const onRefund = (needs: Needs) =>
  inAnyOrder([refundProcessed], async (tx, messages) => {
    const told = messages.flatMap((message) => {
      const request = refundNotice(message.data);
      return request === undefined ? [] : [{ message, request }];
    });
    if (told.length > 0) await recordWanted(tx, needs, told);
  });

/** Each fact becomes one delivery; those that are new are to be mailed. */
async function recordWanted<M extends Message>(
  tx: Tx,
  { mails, clock }: Needs,
  requests: readonly {
    readonly message: M;
    readonly request: NotificationRequest;
  }[],
) {
  const byId = new Map(
    requests.map((each) => {
      const delivery = requestDelivery(each.request, clock.now());
      return [delivery.id, { ...each, delivery }];
    }),
  );
  const wanted = [...byId.values()];
  const created = await insertMany(
    tx,
    wanted.map(({ delivery }) => delivery),
  );
  mails.record(
    tx,
    wanted
      .filter(({ delivery }) => created.has(delivery.id))
      .map(({ message, request, delivery }) => ({
        id: delivery.id,
        kind: "send",
        subjectId: delivery.id,
        request,
        cause: causedBy(message),
      })),
  );
  return { wanted, created };
}

function requestOf(message: Wanted): NotificationRequest {
  switch (message.type) {
    case "notification.SendNotification.v1":
      return {
        ...message.data,
        orderId: message.data.orderId as OrderId,
        customerId: message.data.customerId as UserId,
      };
    case "order.OrderCancelled.v1":
      return cancellationNotice(message.data);
    default:
      return unreachable(message);
  }
}

/** A second command for what is already settled is told how it ended; of what is under way it will hear. */
async function answerAgain(
  tx: Tx,
  outbox: Outbox,
  known: readonly { readonly message: Wanted; readonly delivery: Delivery }[],
): Promise<void> {
  const deliveries = await loadMany(
    tx,
    known.map(({ delivery }) => delivery.id),
  );
  const answers = known.flatMap(({ message, delivery: { id } }) => {
    const delivery = deliveries.get(id);
    return delivery && isSettled(delivery)
      ? [{ message, delivery: repeat(delivery) }]
      : [];
  });
  saveMany(
    tx,
    answers.map(({ delivery }) => delivery),
  );
  outbox.append(
    tx,
    answers.map(({ message, delivery }) => ({
      draft: settlementOf(delivery),
      sequence: delivery.eventSequence,
      cause: causedBy(message),
    })),
  );
}
