import { orderCancelled, orderConfirmed } from "@cartwright/contracts/order";
import { seconds } from "@cartwright/kernel/duration";
import { madeAt } from "@cartwright/kernel/ids";
import type { Outbox, Outgoing } from "@cartwright/messaging/outbox";
import {
  tellAfterwards,
  type Afterwards,
} from "@cartwright/saga/tell-afterwards";
import type { Platform } from "@cartwright/service/service";
import { placeOrderSaga } from "./place-order.saga.ts";

/** As the objective for confirmations has it. */
const slow = seconds(5);

/** An outbox that has the traces told of orders that end cancelled, or are confirmed late, and who hears of all other runs. */
export function tellingOfOrders(
  platform: Pick<Platform, "db" | "logger" | "outbox" | "tracing">,
): Omit<Afterwards, "tell"> & { readonly outbox: Outbox } {
  const { tell, ...afterwards } = tellAfterwards(platform);
  return { ...afterwards, outbox: telling(platform.outbox, { tell }) };
}

const telling = (
  outbox: Outbox,
  afterwards: Pick<Afterwards, "tell">,
): Outbox => ({
  append(tx, messages) {
    const told = messages.filter(isWorthTelling);
    if (told.length > 0)
      tx.afterCommit(() => {
        for (const { draft, cause } of told)
          afterwards.tell({
            sagaId: draft.key,
            saga: placeOrderSaga.name,
            traceparent: cause.traceparent,
          });
      });
    outbox.append(tx, messages);
  },
});

const isWorthTelling = ({ draft: { type, key } }: Outgoing): boolean =>
  type === orderCancelled.type ||
  (type === orderConfirmed.type && Date.now() - madeAt(key) > slow);
