import type { Tx } from "@cartwright/database/tx";
import type { OrderId } from "@cartwright/kernel/ids";
import type { Part } from "@cartwright/kernel/part";
import { targetsOf } from "@cartwright/messaging/operator-actions";
import { AnswersAhead } from "@cartwright/saga/answers-ahead";
import {
  createSagaEngine,
  type LocalDecision,
  type SagaEngine,
} from "@cartwright/saga/engine";
import { sagaRegistration } from "@cartwright/saga/saga-registration";
import { sagaRetention } from "@cartwright/saga/retention";
import type { Afterwards } from "@cartwright/saga/tell-afterwards";
import { sagaTimer } from "@cartwright/saga/timer";
import type { Platform } from "@cartwright/service/service";
import type { OrderStore } from "../db/order-store.ts";
import { orderReconciled } from "../commands/order-reconciled.ts";
import type { OrderDecider } from "../domain/order.ts";
import { cancelOrderSaga } from "./cancel-order.saga.ts";
import { placeOrderSaga } from "./place-order.saga.ts";

/** Every version that may still be running. */
export const orderSagaDefinitions = [placeOrderSaga, cancelOrderSaga];

/** The engine that runs the sagas of orders, and what has to run beside it. */
export function orderSagas(
  { db, outbox, clock, logger }: Platform,
  options: {
    readonly orders: OrderStore;
    /** Hears what transactions do to runs. */
    readonly follow: Afterwards["follow"];
    readonly timeScale: number;
    readonly retentionDays: number;
  },
): { readonly engine: SagaEngine<OrderDecider>; readonly parts: Part[] } {
  const { orders, follow, timeScale, retentionDays: days } = options;
  const definitions = orderSagaDefinitions;
  const decide = (tx: Tx, decisions: readonly LocalDecision<OrderDecider>[]) =>
    orders.change(
      tx,
      decisions.map(({ key, decider, reason, cause }) => ({
        id: key as OrderId,
        cause,
        decide: (order) => decider(order, { at: clock.now(), reason }),
      })),
    );
  const ahead = new AnswersAhead(logger, (tx, keys) =>
    targetsOf(tx, orderReconciled, keys),
  );
  const engine = createSagaEngine({
    ...{ outbox, definitions, timeScale, decide, ahead, follow },
  });
  return {
    engine,
    parts: [
      sagaRegistration({ db, definitions, logger }),
      sagaTimer({ db, engine, logger }),
      sagaRetention({ db, days, logger }),
      ahead.part(),
    ],
  };
}
