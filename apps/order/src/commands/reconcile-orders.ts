import type { orderCreated } from "@cartwright/contracts/order";
import type { DataOf } from "@cartwright/contracts/define";
import { authorizePayment, cancelPayment } from "@cartwright/contracts/payment";
import { cancelShipment, createShipment } from "@cartwright/contracts/shipping";
import type { Draft } from "@cartwright/contracts/message";
import type { Queryable, Transact, Tx } from "@cartwright/database/tx";
import type { Clock } from "@cartwright/kernel/clock";
import { derivedId, type OrderId, type UserId } from "@cartwright/kernel/ids";
import {
  recordAction,
  type Operator,
} from "@cartwright/messaging/operator-actions";
import type { Outbox, Outgoing } from "@cartwright/messaging/outbox";
import { commandIdOf } from "@cartwright/saga/command";
import type { SagaEngine } from "@cartwright/saga/engine";
import { isEnded } from "@cartwright/saga/instance";
import { sagaStore } from "@cartwright/saga/saga-store";
import type { OrderStore } from "../db/order-store.ts";
import {
  place,
  requestCancellation,
  type Order,
  type OrderDecider,
  type ShippingAddress,
} from "../domain/order.ts";
import { cancelOrderSaga } from "../sagas/cancel-order.saga.ts";
import { placeOrderSaga, placingSagaOf } from "../sagas/place-order.saga.ts";
import { orderReconciled } from "./order-reconciled.ts";

type Sent<Data> = {
  readonly id: string;
  readonly attempt: number;
  readonly sequence: number;
  readonly data: Data;
};

/** What the topics said of an order, beyond what the database knows. */
export type ReportedOrder = {
  readonly orderId: string;
  readonly correlationId: string;
  readonly created?: DataOf<typeof orderCreated> | undefined;
  readonly authorize?: Sent<DataOf<typeof authorizePayment>> | undefined;
  readonly ship?: Sent<DataOf<typeof createShipment>> | undefined;
  /** It was cancelled, or parts of it were undone. */
  readonly undone: boolean;
  /** What its customer may have been told already. */
  readonly cancelledBecause?: string | undefined;
};

export const outcomes = [
  /** Its saga is at work. */
  "running",
  /** It was lost, and is placed again by the same commands. */
  "begun",
  /** It cannot go on as it was: everything is undone, and its customer is told. */
  "taken-back",
  /** It is cancelled; whatever provider or carrier may hold of it is given back. */
  "released",
  /** It is where it should be. */
  "settled",
  /** Nothing says what it was: nobody was told of it, and nothing can be held for it but what its commands name. */
  "unknown",
] as const;
export type ReconcileOutcome = (typeof outcomes)[number];

/** The reason that customers read where there was no other. */
const lostByUs = "lost-by-us";

export type ReconcileDependencies = {
  readonly db: Queryable & { readonly transaction: Transact };
  readonly orders: OrderStore;
  readonly sagas: SagaEngine<OrderDecider>;
  readonly outbox: Outbox;
  readonly clock: Clock;
};

export type ReconcileOrders = (
  reported: readonly ReportedOrder[],
  operator: Operator,
) => Promise<
  readonly { readonly orderId: string; readonly outcome: ReconcileOutcome }[]
>;

/**
 * Brings orders to a truthful end after commits were lost. One that was lost is placed again with the ids of its
 * commands, so that provider and carrier do nothing twice; or, where its commands do not tell enough or it had been
 * undone, is taken back. Asked again it goes on from what has become of it; what is settled stays as it is.
 */
export const reconcileOrders =
  (needs: ReconcileDependencies): ReconcileOrders =>
  (reported, operator) =>
    needs.db.transaction(async (tx) => {
      const items = [];
      for (const one of reported.toSorted(byId))
        items.push({
          orderId: one.orderId,
          outcome: await reconcile(needs, tx, one),
        });
      const changed = items.filter(({ outcome }) => acts.has(outcome));
      for (const { orderId, outcome } of changed)
        recordAction(tx, {
          ...{ operator, action: orderReconciled, target: orderId },
          ...{ before: {}, after: { outcome } },
        });
      return items;
    });

const acts = new Set<ReconcileOutcome>(["begun", "taken-back", "released"]);

/** In the order in which everybody locks orders. */
const byId = (one: ReportedOrder, other: ReportedOrder): number =>
  one.orderId < other.orderId ? -1 : 1;

async function reconcile(
  needs: ReconcileDependencies,
  tx: Tx,
  reported: ReportedOrder,
): Promise<ReconcileOutcome> {
  const { orderId } = reported;
  const runs = await sagaStore.lockByKeys(tx, [orderId]);
  if (runs.some((run) => !isEnded(run))) return "running";
  const [order] = await needs.orders.lockMany(tx, [orderId as OrderId]);
  if (order === undefined) return rebuild(needs, tx, reported);
  if (order.status === "confirmed" && reported.undone) {
    await takeBack(needs, tx, order, reported);
    return "taken-back";
  }
  if (order.status !== "cancelled" || nothingHeld(reported)) return "settled";
  await release(needs, tx, order, reported);
  return "released";
}

const nothingHeld = ({ authorize, ship }: ReportedOrder): boolean =>
  authorize === undefined && ship === undefined;

async function rebuild(
  needs: ReconcileDependencies,
  tx: Tx,
  reported: ReportedOrder,
): Promise<ReconcileOutcome> {
  const { created, authorize, ship, undone } = reported;
  if (created === undefined) return "unknown";
  const { orderId: id, orderNumber: number, items, totalAmount } = created;
  const shippingAddress = ship?.data.address ?? unknownAddress;
  const decided = place(
    {
      ...{ id: id as OrderId, number, total: totalAmount },
      items: items as Order["items"][number][],
      ...{ customerId: created.customerId as UserId, shippingAddress },
    },
    new Date(created.createdAt),
  );
  needs.orders.insertMany(tx, [{ ...decided, cause: causeOf(reported) }]);
  const run = placingSagaOf(id);
  const isSameRun =
    authorize?.id === commandIdOf(run, "authorize-payment", "do");
  if (undone || ship === undefined || !isSameRun) {
    await takeBack(needs, tx, decided.order, reported);
    return "taken-back";
  }
  const start = placeOrderSaga.start({
    ...{ orderId: id, orderNumber: number, customerId: created.customerId },
    ...{ items, total: totalAmount, address: ship.data.address },
    paymentToken: authorize.data.paymentToken,
  });
  const about = { key: id, cause: causeOf(reported), id: run };
  await needs.sagas.save(tx, [needs.sagas.begin(start, about)]);
  return "begun";
}

/** What its participants may never have heard of is said to them first, so that they can undo it. */
async function takeBack(
  { orders, sagas, outbox, clock }: ReconcileDependencies,
  tx: Tx,
  { id, total }: Order,
  reported: ReportedOrder,
): Promise<void> {
  const cause = causeOf(reported);
  outbox.append(tx, sentBefore(reported));
  const context = {
    at: clock.now(),
    reason: reported.cancelledBecause ?? lostByUs,
  };
  await orders.change(tx, [
    {
      ...{ id, cause },
      decide: (order) => requestCancellation(order, context),
    },
  ]);
  const start = cancelOrderSaga.start({ orderId: id, total });
  await sagas.save(tx, [sagas.begin(start, { key: id, cause })]);
}

/**
 * The order has ended without what was done for it in what is lost. No run waits for these answers: that
 * the order was reconciled keeps them from being taken for a sign of more that is lost.
 */
async function release(
  { outbox }: ReconcileDependencies,
  tx: Tx,
  { id, total }: Order,
  reported: ReportedOrder,
): Promise<void> {
  const undo = (draft: Draft): Outgoing => ({
    ...{ draft: { ...draft, key: id }, attempt: 1, sequence: 1 },
    id: derivedId("reconcile", id, draft.type),
    cause: causeOf(reported),
  });
  const { authorize, ship } = reported;
  outbox.append(tx, [
    ...sentBefore(reported),
    ...(authorize ? [undo(cancelPayment({ orderId: id, amount: total }))] : []),
    ...(ship ? [undo(cancelShipment({ orderId: id }))] : []),
  ]);
}

/** With the ids and in the order they were sent in. */
const sentBefore = (reported: ReportedOrder): Outgoing[] => {
  const { authorize, ship, orderId } = reported;
  const again = (draft: Draft, sent: Sent<unknown>): Outgoing => ({
    ...{ draft: { ...draft, key: orderId }, cause: causeOf(reported) },
    ...{ id: sent.id, attempt: sent.attempt, sequence: sent.sequence },
  });
  return [
    ...(authorize ? [again(authorizePayment(authorize.data), authorize)] : []),
    ...(ship ? [again(createShipment(ship.data), ship)] : []),
  ];
};

const causeOf = ({ correlationId }: ReportedOrder) => ({ correlationId });

/** No event tells an order's address; ZZ is ISO 3166 for "unknown". */
const unknownAddress: ShippingAddress = {
  name: "unknown",
  line1: "unknown",
  postalCode: "unknown",
  city: "unknown",
  country: "ZZ",
};
