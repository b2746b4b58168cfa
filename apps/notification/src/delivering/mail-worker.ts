import type { Database } from "@cartwright/database/open-database";
import type { Tx } from "@cartwright/database/tx";
import type { Clock } from "@cartwright/kernel/clock";
import type { Duration } from "@cartwright/kernel/duration";
import { attemptWorker } from "@cartwright/messaging/attempt-worker";
import type { Attempt, AttemptWorker } from "@cartwright/messaging/attempts";
import type { Outbox } from "@cartwright/messaging/outbox";
import type { Logger } from "@cartwright/observability/logger";
import type { Tracing } from "@cartwright/observability/tracing";
import { loadMany, saveMany } from "../db/delivery-store.ts";
import { settle, type DeliveryId, type Outcome } from "../domain/delivery.ts";
import type { NotificationRequest } from "../domain/request.ts";
import { render, type Template } from "../domain/template.ts";
import type { Channel } from "./channel.ts";
import type { Contacts } from "./contacts.ts";
import { settlementOf } from "./settlement-event.ts";

type MailAttempt = Attempt<NotificationRequest>;

export type MailWorkerOptions = {
  readonly db: Database;
  readonly outbox: Outbox;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly tracing?: Tracing;
  readonly contacts: Contacts;
  readonly findTemplate: (name: string) => Promise<Template | undefined>;
  readonly channel: Channel;
  readonly concurrency: number;
  /** A mail that is not handed over by then is tried again. */
  readonly timeout: Duration;
};

/** Sends what was requested, and settles many deliveries in one transaction. */
export const mailWorker = (
  options: MailWorkerOptions,
): AttemptWorker<NotificationRequest> =>
  attemptWorker<NotificationRequest, Outcome>({
    name: "mail worker",
    db: options.db,
    logger: options.logger,
    ...(options.tracing && { tracing: options.tracing }),
    concurrency: options.concurrency,
    timeout: options.timeout,
    call: async (attempt, signal) => ({
      settled: true,
      outcome: await sendMail(options, attempt, signal),
    }),
    settle: (tx, settled) => settleDeliveries(options, tx, settled),
  });

/** Rejects when it should be tried again: identity or the channel cannot be reached. */
async function sendMail(
  { contacts, findTemplate, channel }: MailWorkerOptions,
  { subjectId, request }: MailAttempt,
  signal: AbortSignal,
): Promise<Outcome> {
  const [template, contact] = await Promise.all([
    findTemplate(request.template),
    contacts.find(request.customerId),
  ]);
  if (!template) return { status: "failed", code: "unknown-template" };
  const { subject, body } = render(template, {
    ...request.values,
    customerName: contact?.name ?? "",
  });
  if (!contact) return { status: "failed", code: "no-contact", title: subject };
  const mail = {
    id: subjectId as DeliveryId,
    orderId: request.orderId,
    recipient: contact.email,
    subject,
    body,
  };
  const handover = await channel.send(mail, signal);
  return handover.status === "accepted"
    ? { status: "sent", title: subject }
    : { status: "failed", code: handover.code, title: subject };
}

async function settleDeliveries(
  { outbox, clock }: MailWorkerOptions,
  tx: Tx,
  finished: readonly {
    readonly attempt: MailAttempt;
    readonly outcome: Outcome;
  }[],
): Promise<void> {
  const deliveries = await loadMany(
    tx,
    finished.map(({ attempt }) => attempt.subjectId),
  );
  const now = clock.now();
  const settled = finished.flatMap(({ attempt, outcome }) => {
    const delivery = deliveries.get(attempt.subjectId);
    const decided = delivery && settle(delivery, outcome, now);
    return decided ? [{ delivery: decided, cause: attempt.cause }] : [];
  });
  saveMany(
    tx,
    settled.map(({ delivery }) => delivery),
  );
  outbox.append(
    tx,
    settled.map(({ delivery, cause }) => ({
      draft: settlementOf(delivery),
      sequence: delivery.eventSequence,
      cause,
    })),
  );
}
