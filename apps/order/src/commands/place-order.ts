import type { Cause } from "@cartwright/contracts/message";
import { groupCommit } from "@cartwright/database/group-commit";
import type { BatchDatabase } from "@cartwright/database/tx";
import { answerAgain, type KeptReply } from "@cartwright/http/idempotency";
import type { Reply } from "@cartwright/http/reply";
import type { Clock } from "@cartwright/kernel/clock";
import { crashPoint } from "@cartwright/kernel/crash-point";
import { Refusal } from "@cartwright/kernel/refusal";
import type { SagaEngine } from "@cartwright/saga/engine";
import {
  identityOf,
  keepReplies,
  recallReplies,
} from "../db/idempotency-store.ts";
import type { OrderStore } from "../db/order-store.ts";
import { findProducts } from "../db/product-store.ts";
import type { OrderDecider } from "../domain/order.ts";
import {
  draftOrder,
  scopeOf,
  type DraftedOrder,
  type PlaceOrderRequest,
} from "./draft-order.ts";

export type PlaceOrderDependencies = {
  readonly db: BatchDatabase;
  readonly orders: OrderStore;
  readonly sagas: SagaEngine<OrderDecider>;
  readonly clock: Clock;
  /** Asks the catalog for products the snapshot does not have; returns how many it knew. */
  readonly learn: (
    productIds: readonly string[],
    cause: Cause,
  ) => Promise<number>;
};

/** What became of a request in its group: an answer, or the reason why there is none. */
type Outcome = Reply | Refusal;

/**
 * Places orders in groups: whoever asks while two groups are being committed joins the next. In one
 * transaction the idempotency keys, the orders, their sagas and their messages are written; a key
 * that was taken before gets its first reply again.
 */
export function placeOrders(dependencies: PlaceOrderDependencies) {
  const join = groupCommit<PlaceOrderRequest, Outcome>({
    maxGroup: 200,
    inFlight: 2,
    turn: dependencies.db.turn,
    run: (requests) => placeGroup(dependencies, requests),
  });
  return async (request: PlaceOrderRequest): Promise<Reply> => {
    const outcome = await join(request);
    const learnt =
      isUnknownProduct(outcome) && (await learnAbout(dependencies, request));
    return orThrow(learnt ? await join(request) : outcome);
  };
}

async function placeGroup(
  dependencies: PlaceOrderDependencies,
  requests: readonly PlaceOrderRequest[],
): Promise<readonly Outcome[]> {
  const { db, sagas, clock } = dependencies;
  const products = await findProducts(db, productsIn(requests));
  const firsts = firstPerKey(requests);
  const drafted = new Map(
    [...firsts].map(([key, request]) => [
      key,
      draftOrder(request, products, sagas, clock.now()),
    ]),
  );
  const taken = await saveGroup(
    dependencies,
    [...drafted.values()].filter((one) => isDrafted(one)),
  );
  if (taken.size > 0) crashPoint("order.after-commit");
  const placed = (request: PlaceOrderRequest): Reply | undefined => {
    const key = keyOf(request);
    const order = drafted.get(key);
    const isFirst = firsts.get(key) === request;
    return isFirst && isDrafted(order) && taken.has(key)
      ? order.reply
      : undefined;
  };
  const kept = await recallReplies(
    db,
    requests.filter((request) => !placed(request)).map(idempotencyOf),
  );
  return requests.map(
    (request) =>
      placed(request) ??
      again(kept.get(keyOf(request)), request) ??
      refusalIn(drafted.get(keyOf(request))),
  );
}

const isDrafted = (
  one: DraftedOrder | Refusal | undefined,
): one is DraftedOrder => one !== undefined && !(one instanceof Refusal);

/** Writes the orders whose keys are free; returns those keys. */
const saveGroup = (
  { db, orders, sagas }: PlaceOrderDependencies,
  drafted: readonly DraftedOrder[],
): Promise<ReadonlySet<string>> =>
  db.transaction(async (tx) => {
    const taken = await keepReplies(tx, drafted);
    const fresh = drafted.filter((order) => taken.has(identityOf(order)));
    const decided = fresh.map((order) => order.decided);
    const begun = fresh.map((order) => order.saga);
    if (fresh.length > 0) {
      orders.insertMany(tx, decided);
      await sagas.save(tx, begun);
    }
    if (fresh.length > 0) crashPoint("order.before-commit");
    return taken;
  });

/** Requests with one key are one: the first is placed, the others are answered as repetitions. */
function firstPerKey(
  requests: readonly PlaceOrderRequest[],
): ReadonlyMap<string, PlaceOrderRequest> {
  const firsts = new Map<string, PlaceOrderRequest>();
  for (const request of requests) {
    if (!firsts.has(keyOf(request))) firsts.set(keyOf(request), request);
  }
  return firsts;
}

const idempotencyOf = (request: PlaceOrderRequest) => ({
  scope: scopeOf(request),
  key: request.idempotencyKey,
});

const keyOf = (request: PlaceOrderRequest): string =>
  identityOf(idempotencyOf(request));

const productsIn = (requests: readonly PlaceOrderRequest[]): string[] => [
  ...new Set(
    requests.flatMap(({ items }) => items.map(({ productId }) => productId)),
  ),
];

function again(
  kept: KeptReply | undefined,
  { fingerprint }: PlaceOrderRequest,
): Outcome | undefined {
  if (kept === undefined) return undefined;
  try {
    return answerAgain(kept, fingerprint);
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

function refusalIn(drafted: DraftedOrder | Refusal | undefined): Refusal {
  if (drafted instanceof Refusal) return drafted;
  throw new Error("An idempotency key vanished while it was read.");
}

const isUnknownProduct = (outcome: Outcome): boolean =>
  outcome instanceof Refusal && outcome.code === "unknown-product";

/** The one place that asks another service, outside of any group and transaction. True if it knew more. */
async function learnAbout(
  { db, learn }: PlaceOrderDependencies,
  request: PlaceOrderRequest,
): Promise<boolean> {
  const wanted = productsIn([request]);
  const known = await findProducts(db, wanted);
  const missing = wanted.filter((id) => !known.has(id));
  return missing.length === 0 || (await learn(missing, request.cause)) > 0;
}

function orThrow(outcome: Outcome): Reply {
  if (outcome instanceof Refusal) throw outcome;
  return outcome;
}
