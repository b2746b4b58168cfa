import type { Cause } from "@cartwright/contracts/message";
import { groupCommit } from "@cartwright/database/group-commit";
import type { Queryable, Transact } from "@cartwright/database/tx";
import { answerAgain, type KeptReply } from "@cartwright/http/idempotency";
import { accepted, type Reply } from "@cartwright/http/reply";
import type { Clock } from "@cartwright/kernel/clock";
import { newId, type UserId } from "@cartwright/kernel/ids";
import { Refusal } from "@cartwright/kernel/refusal";
import type { Advanced } from "@cartwright/saga/advance";
import type { SagaEngine } from "@cartwright/saga/engine";
import {
  identityOf,
  keepReplies,
  recallReplies,
  type KeyedReply,
} from "../db/idempotency-store.ts";
import type { Decided, OrderStore } from "../db/order-store.ts";
import { findProducts } from "../db/product-store.ts";
import { orderNumberOf } from "../domain/order-number.ts";
import {
  place,
  type Order,
  type OrderDecider,
  type ShippingAddress,
} from "../domain/order.ts";
import { price, type Product, type RequestedItem } from "../domain/pricing.ts";
import { placeOrderSaga } from "../sagas/place-order.saga.ts";

export type PlaceOrderRequest = {
  readonly customerId: UserId;
  readonly items: readonly RequestedItem[];
  readonly paymentToken: string;
  readonly shippingAddress: ShippingAddress;
  readonly idempotencyKey: string;
  readonly fingerprint: string;
  readonly cause: Cause;
};

export type PlaceOrderDependencies = {
  readonly db: Queryable & { readonly transaction: Transact };
  readonly orders: OrderStore;
  readonly sagas: SagaEngine<OrderDecider>;
  readonly clock: Clock;
  /** Asks the catalog for products the snapshot does not have; returns how many it knew. */
  readonly learn: (
    productIds: readonly string[],
    cause: Cause,
  ) => Promise<number>;
};

/** An order decided on and ready to be saved, with the reply its key will keep. */
type Placement = KeyedReply & {
  readonly decided: Decided;
  readonly saga: Advanced<OrderDecider>;
};

/** A request's outcome inside its group: an answer, or the reason why there is none. */
type Outcome = Reply | Refusal;

const scopeOf = ({ customerId }: PlaceOrderRequest): string =>
  `${customerId} POST /orders`;

/**
 * Places orders in groups: whoever asks while two groups are being committed joins the next. In one
 * transaction the idempotency keys, the orders, their sagas and their messages are written; a key
 * that was taken before gets its first reply again.
 */
export function placeOrders(dependencies: PlaceOrderDependencies) {
  const join = groupCommit<PlaceOrderRequest, Outcome>({
    maxGroup: 200,
    inFlight: 2,
    run: (requests) => placeGroup(dependencies, requests),
  });
  return async (request: PlaceOrderRequest): Promise<Reply> => {
    let outcome = await join(request);
    if (
      isUnknownProduct(outcome) &&
      (await learnAbout(dependencies, request)) > 0
    ) {
      outcome = await join(request);
    }
    if (outcome instanceof Refusal) throw outcome;
    return outcome;
  };
}

const isPlacement = (one: Placement | Refusal): one is Placement =>
  !(one instanceof Refusal);

const isUnknownProduct = (outcome: Outcome): boolean =>
  outcome instanceof Refusal && outcome.code === "unknown-product";

/** The one place that asks another service: outside of any group and transaction. */
async function learnAbout(
  { db, learn }: PlaceOrderDependencies,
  { items, cause }: PlaceOrderRequest,
): Promise<number> {
  const wanted = [...new Set(items.map(({ productId }) => productId))];
  const known = await findProducts(db, wanted);
  return learn(
    wanted.filter((id) => !known.has(id)),
    cause,
  );
}

async function placeGroup(
  { db, orders, sagas, clock }: PlaceOrderDependencies,
  requests: readonly PlaceOrderRequest[],
): Promise<readonly Outcome[]> {
  const firsts = firstPerKey(requests);
  const wanted = firsts.flatMap(({ items }) =>
    items.map(({ productId }) => productId),
  );
  const products = await findProducts(db, [...new Set(wanted)]);
  const drafted = new Map<string, Placement | Refusal>();
  for (const request of firsts) {
    drafted.set(keyOf(request), draft(request, products, sagas, clock.now()));
  }

  const placements = [...drafted.values()].filter(isPlacement);
  const placed = await db.transaction(async (tx) => {
    const taken = await keepReplies(tx, placements);
    const fresh = placements.filter((placement) =>
      taken.has(identityOf(placement)),
    );
    if (fresh.length > 0) {
      await Promise.all([
        orders.insertMany(
          tx,
          fresh.map(({ decided }) => decided),
        ),
        sagas.save(
          tx,
          fresh.map(({ saga }) => saga),
        ),
      ]);
    }
    return taken;
  });

  const repeated = firsts.filter((request) => !placed.has(keyOf(request)));
  const kept = await recallReplies(
    db,
    repeated.map((request) => ({
      scope: scopeOf(request),
      key: request.idempotencyKey,
    })),
  );
  return requests.map((request) =>
    outcomeOf(request, drafted.get(keyOf(request)), placed, kept),
  );
}

const keyOf = (request: PlaceOrderRequest): string =>
  identityOf({ scope: scopeOf(request), key: request.idempotencyKey });

/** Requests with one key are one request, as long as they say the same; the first speaks for all. */
const firstPerKey = (
  requests: readonly PlaceOrderRequest[],
): PlaceOrderRequest[] => [
  ...new Map(
    [...requests].reverse().map((request) => [keyOf(request), request]),
  ).values(),
];

function draft(
  request: PlaceOrderRequest,
  products: ReadonlyMap<string, Product>,
  sagas: SagaEngine<OrderDecider>,
  at: Date,
): Placement | Refusal {
  try {
    const id = newId<"order">();
    const { customerId, shippingAddress, cause } = request;
    const priced = price(request.items, (product) => products.get(product));
    const decision = place(
      { id, number: orderNumberOf(id), customerId, shippingAddress, ...priced },
      at,
    );
    return {
      scope: scopeOf(request),
      key: request.idempotencyKey,
      fingerprint: request.fingerprint,
      reply: replyFor(decision.order),
      decided: { ...decision, cause },
      saga: sagas.begin(
        placeOrderSaga.start(memoryOf(decision.order, request)),
        { key: id, cause },
      ),
    };
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

const memoryOf = (
  order: Order,
  { paymentToken, shippingAddress }: PlaceOrderRequest,
) => ({
  orderId: order.id,
  orderNumber: order.number,
  customerId: order.customerId,
  items: [...order.items],
  total: order.total,
  paymentToken,
  address: shippingAddress,
});

const replyFor = ({ id, number, status, total }: Order): Reply =>
  accepted(
    {
      orderId: id,
      orderNumber: number,
      status,
      totalAmount: total,
      message: "The order is accepted and on its way to being confirmed.",
    },
    { location: `/api/v1/orders/${id}` },
  );

function outcomeOf(
  request: PlaceOrderRequest,
  drafted: Placement | Refusal | undefined,
  placed: ReadonlySet<string>,
  kept: ReadonlyMap<string, KeptReply>,
): Outcome {
  const earlier = kept.get(keyOf(request));
  if (earlier !== undefined)
    return refusalOr(() => answerAgain(earlier, request.fingerprint));
  if (drafted === undefined || drafted instanceof Refusal) {
    return (
      drafted ?? new Refusal("internal-error", "The request was not drafted.")
    );
  }
  if (!placed.has(keyOf(request)))
    throw new Error("An idempotency key vanished while it was read.");
  return drafted.fingerprint === request.fingerprint
    ? drafted.reply
    : refusalOr(() => answerAgain(keptFrom(drafted), request.fingerprint));
}

const keptFrom = ({
  fingerprint,
  reply: { status, headers = {}, body },
}: Placement): KeptReply => ({
  fingerprint,
  status,
  headers,
  body,
});

function refusalOr(answer: () => Reply): Outcome {
  try {
    return answer();
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}
