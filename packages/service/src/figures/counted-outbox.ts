import type { Outbox, Outgoing } from "@cartwright/messaging/outbox";
import { counter } from "@cartwright/observability/metrics";
import { countBusiness } from "./business-counts.ts";

const written = counter("cartwright_messages_written_total");

/** An outbox whose messages are counted once they are committed: what is published is what has happened. */
export const countedOutbox = (service: string, outbox: Outbox): Outbox => ({
  append(tx, messages) {
    if (messages.length > 0) tx.afterCommit(() => count(service, messages));
    outbox.append(tx, messages);
  },
});

function count(service: string, messages: readonly Outgoing[]): void {
  const perType = new Map<string, number>();
  for (const message of messages) {
    const { type } = message.draft;
    perType.set(type, (perType.get(type) ?? 0) + 1);
    countBusiness(message);
  }
  for (const [type, number] of perType) written.add(number, { service, type });
}
