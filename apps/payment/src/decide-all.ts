import type { Cause } from "@cartwright/contracts/message";
import type { Tx } from "@cartwright/database/tx";
import type { Clock } from "@cartwright/kernel/clock";
import type { Attempts } from "@cartwright/messaging/attempts";
import type { Outbox, Outgoing } from "@cartwright/messaging/outbox";
import { ledger, type Transfer } from "./db/ledger.ts";
import { paymentStore } from "./db/payment-store.ts";
import { decide, type PaymentInput } from "./domain/decide.ts";
import type { ProviderCall } from "./domain/decision.ts";
import type { Payment, PaymentId } from "./domain/payment.ts";
import type { ProviderRequest } from "./provider/provider-calls.ts";
import { causeOf, publishedForm } from "./published.ts";

/** Something that concerns a payment, and what it was caused by. */
export type PaymentMatter = {
  readonly paymentId: PaymentId;
  readonly input: PaymentInput;
  readonly cause: Cause;
};

/** Returns the payments as they are then. */
export type DecideAll = (
  tx: Tx,
  matters: readonly PaymentMatter[],
) => Promise<ReadonlyMap<PaymentId, Payment>>;

type Recorded = Parameters<Attempts<ProviderRequest>["record"]>[1][number];

/** The only way a payment changes: locked, decided on in turn, saved with its events, money and calls. */
export const decidingOn =
  (needs: {
    readonly outbox: Outbox;
    readonly clock: Clock;
    readonly attempts: Attempts<ProviderRequest>;
  }): DecideAll =>
  async (tx, matters) => {
    const at = needs.clock.now();
    const ids = new Set(matters.map(({ paymentId }) => paymentId));
    const loaded = await paymentStore.loadMany(tx, [...ids]);
    const payments = new Map(loaded);
    const outgoing: Outgoing[] = [];
    const attempts: Recorded[] = [];
    const transfers: Transfer[] = [];
    const hastened = new Set<PaymentId>();
    for (const { paymentId, input, cause } of matters) {
      const { payment, ...decision } = decide(
        payments.get(paymentId),
        input,
        at,
      );
      payments.set(paymentId, payment);
      for (const event of decision.events)
        outgoing.push(outgoingOf(payment, event, cause));
      for (const call of decision.calls)
        attempts.push(attemptOf(payment, call, cause));
      for (const kind of decision.transfers)
        transfers.push({ payment, kind, at });
      if (decision.hasten) hastened.add(paymentId);
    }
    paymentStore.saveMany(tx, loaded, payments.values());
    ledger.post(tx, transfers);
    needs.outbox.append(tx, outgoing);
    needs.attempts.record(tx, attempts);
    if (hastened.size > 0) needs.attempts.hasten(tx, [...hastened]);
    return payments;
  };

const outgoingOf = (
  payment: Payment,
  event: Parameters<typeof publishedForm>[1],
  cause: Cause,
): Outgoing => ({
  draft: publishedForm(payment, event),
  sequence: event.sequence,
  cause: causeOf(event, cause),
});

/** The attempt keeps the command's cause, so that the answer can name the command. */
function attemptOf(
  payment: Payment,
  call: ProviderCall,
  cause: Cause,
): Recorded {
  const { id: subjectId, amount, authorizationKey: key } = payment;
  if (key === undefined) {
    throw new Error(
      `Payment ${subjectId} has nothing to ask the provider about.`,
    );
  }
  const request: ProviderRequest = {
    ...call,
    key,
    reference: subjectId,
    amount,
  };
  return { id: call.id, kind: call.kind, subjectId, request, cause };
}
