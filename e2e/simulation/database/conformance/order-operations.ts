import {
  keepReplies,
  recallReplies,
} from "@cartwright/app-order/db/idempotency-store";
import { orderStore, type Decided } from "@cartwright/app-order/db/order-store";
import {
  findProducts,
  saveProductNews,
  type ProductNews,
} from "@cartwright/app-order/db/product-store";
import type { Order } from "@cartwright/app-order/domain/order";
import { getOrder } from "@cartwright/app-order/queries/get-order";
import { listOrders } from "@cartwright/app-order/queries/list-orders";
import type { Draw } from "./draw.ts";
import { operation, type OperationKind } from "./operation.ts";

const [orderIds, customerIds, productIds] = [1, 2, 3];
/** What orders publish has operations of its own. */
const store = orderStore({ append: () => undefined });
const cause = { correlationId: "flow" };
const past = new Date("2029-12-31T12:00:00Z");

const numberOf = (id: string): string =>
  `CW-0000-0000-000${id.slice(-1).toUpperCase()}`;

const anOrder = (draw: Draw, id: string): Order =>
  ({
    id,
    number: numberOf(id),
    customerId: draw.id(customerIds, 2),
    status: "pending",
    items: [{ sku: "A", quantity: draw.integer(1, 3) }],
    // One in thirty is refused by a CHECK.
    total: { amount: draw.chance(0.03) ? -1 : 500, currency: "EUR" },
    shippingAddress: { city: "Bonn" },
    cancellationReason: null,
    trackingNumber: null,
    createdAt: past,
    confirmedAt: null,
    cancelledAt: null,
    shippedAt: null,
    deliveredAt: null,
    completedAt: null,
  }) as unknown as Order;

const insert: OperationKind = (draw) =>
  operation(
    "orders.insertMany",
    draw.ids(orderIds, 4).map((id) => anOrder(draw, id)),
    (tx, orders) =>
      store.insertMany(
        tx,
        orders.map((order) => ({ order, events: [], cause }) satisfies Decided),
      ),
  );

const changes: readonly Partial<Order>[] = [
  { status: "confirmed", confirmedAt: past },
  { status: "cancelled", cancelledAt: past, cancellationReason: "x" },
  { status: "shipped", trackingNumber: "T1", shippedAt: past },
  { status: "cancelled" }, // refused by a CHECK
];

const change: OperationKind = (draw) =>
  operation(
    "orders.change",
    draw.ids(orderIds, 4).map((id) => ({ id, to: draw.pick(changes) })),
    (tx, all) =>
      store.change(
        tx,
        all.map(({ id, to }) => ({
          id: id as Order["id"],
          cause,
          decide: (order: Order) => ({
            order: { ...order, ...to },
            events: [],
          }),
        })),
      ),
  );

const keep: OperationKind = (draw) =>
  operation(
    "keepReplies",
    draw.some(["k1", "k2", "k3"]).map((key) => ({
      scope: draw.pick(["a", "b"]),
      key,
      fingerprint: "f",
      reply: { status: 202, body: { n: draw.integer(1, 9) } },
    })),
    keepReplies,
  );

const recall: OperationKind = (draw) =>
  operation(
    "recallReplies",
    draw.some(["k1", "k2"]).map((key) => ({ scope: "a", key })),
    recallReplies,
  );

const find: OperationKind = (draw) =>
  operation(
    "getOrder",
    draw.pick([draw.id(orderIds, 4), numberOf(draw.id(orderIds, 4))]),
    (tx, idOrNumber) => getOrder(tx, idOrNumber, { customerId: null }),
  );

const list: OperationKind = (draw) =>
  operation(
    "listOrders",
    {
      customerId: draw.orNull(draw.id(customerIds, 2)),
      after: draw.chance(0.3) ? draw.id(orderIds, 4) : undefined,
      status: draw.pick([undefined, "pending", "confirmed"] as const),
    },
    (tx, { customerId, after, status }) =>
      listOrders(tx, { customerId }, { status, after, limit: 2 }),
  );

const products: OperationKind = (draw) =>
  operation(
    "saveProductNews",
    draw.ids(productIds).map((id) => ({
      id,
      // No two products share one: which of them is found would be left open.
      sku: `${draw.pick(["A", "B"])}${id.slice(-1)}`,
      name: draw.orNull("Thing"),
      price: draw.orNull({ amount: draw.integer(1, 9), currency: "EUR" }),
      deleted: draw.chance(0.2),
      sequence: draw.integer(1, 5),
    })),
    (tx, news) => saveProductNews(tx, news as unknown as ProductNews[]),
  );

const findProduct: OperationKind = (draw) =>
  operation(
    "findProducts",
    [draw.id(productIds), "A1", "B2", "C"],
    findProducts,
  );

export const orderOperations: readonly OperationKind[] = [
  insert,
  insert,
  change,
  change,
  keep,
  keep,
  recall,
  find,
  list,
  products,
  products,
  findProduct,
];
