import type { Cause } from "@cartwright/contracts/message";
import type { Transact } from "@cartwright/database/tx";
import type { Clock } from "@cartwright/kernel/clock";
import type { OrderId } from "@cartwright/kernel/ids";
import type { SagaEngine } from "@cartwright/saga/engine";
import type { OrderStore } from "../db/order-store.ts";
import {
  requestCancellation as decide,
  type Order,
  type OrderDecider,
  type OrderStatus,
} from "../domain/order.ts";
import { cancelOrderSaga } from "../sagas/cancel-order.saga.ts";

export type CancellationRequest = {
  readonly orderId: OrderId;
  readonly reason: string;
  readonly cause: Cause;
};

/**
 * Notes the wish to cancel. A pending order's saga is stopped: it turns round, or remembers the wish
 * when the capture was already asked for. A confirmed order gets a saga of its own. The saga's row is
 * locked before the order's, as the engine does. Returns the order's status then.
 */
export function requestCancellation(dependencies: {
  readonly db: { readonly transaction: Transact };
  readonly orders: OrderStore;
  readonly sagas: SagaEngine<OrderDecider>;
  readonly clock: Clock;
}) {
  const { db, orders, sagas, clock } = dependencies;
  return ({
    orderId,
    reason,
    cause,
  }: CancellationRequest): Promise<OrderStatus> =>
    db.transaction(async (tx) => {
      await sagas.stop(tx, orderId, reason);
      const confirmed: Order[] = [];
      let status: OrderStatus = "cancelling";
      await orders.change(tx, [
        {
          id: orderId,
          cause,
          decide: (order) => {
            if (order.status === "confirmed") confirmed.push(order);
            const decision = decide(order, { at: clock.now(), reason });
            ({ status } = decision.order);
            return decision;
          },
        },
      ]);
      const begun = confirmed.map(({ total }) =>
        sagas.begin(cancelOrderSaga.start({ orderId, total }), {
          key: orderId,
          cause,
        }),
      );
      if (begun.length > 0) await sagas.save(tx, begun);
      return status;
    });
}
