import { outcomeOf } from "../history.ts";
import {
  isSold,
  isTerminal,
  violation,
  type Evidence,
  type StockRow,
  type Violation,
} from "./evidence.ts";

type Stock = Pick<Evidence, "history" | "orders" | "stock" | "reservations">;

/** I3: nothing is oversold or gone. I4: nothing is held for an order that has ended. */
export const stockViolations = (evidence: Stock): Violation[] => [
  ...summed(evidence.stock),
  ...soldToSomebody(evidence),
  ...broughtInOnce(evidence),
  ...heldForSomebody(evidence),
];

const summed = (stock: Stock["stock"]): Violation[] => [
  ...violation(
    "I3",
    "there is less than nothing",
    stock.filter(({ available, reserved, sold }) =>
      [available, reserved, sold].some((units) => units < 0),
    ),
  ),
  ...violation(
    "I3",
    "available, reserved and sold are not what came in",
    stock.filter(
      (row) =>
        row.available + row.reserved + row.sold !== row.initial + row.restocked,
    ),
  ),
];

function soldToSomebody({ stock, orders }: Stock): Violation[] {
  const bought = new Map<string, number>();
  for (const { sku, quantity } of orders
    .filter(isSold)
    .flatMap(({ items }) => items))
    bought.set(sku, (bought.get(sku) ?? 0) + quantity);
  const skus = new Set([...bought.keys(), ...stock.map(({ sku }) => sku)]);
  const soldOf = new Map(stock.map(({ sku, sold }) => [sku, sold]));
  return violation(
    "I3",
    "what is sold is not what was bought",
    [...skus]
      .map((sku) => ({
        sku,
        sold: soldOf.get(sku) ?? 0,
        bought: bought.get(sku) ?? 0,
      }))
      .filter((row) => row.sold !== row.bought),
  );
}

/** Deliveries answered with success are there once; those nobody knows of, at most once. */
function broughtInOnce({ history, stock }: Stock): Violation[] {
  const bounds = new Map<string, { certain: number; possible: number }>();
  for (const adjustment of history.adjustments) {
    const { certain, possible } = bounds.get(adjustment.sku) ?? {
      certain: 0,
      possible: 0,
    };
    const outcome = outcomeOf(adjustment);
    bounds.set(adjustment.sku, {
      certain: certain + (outcome === "ok" ? adjustment.delta : 0),
      possible: possible + (outcome === "fail" ? 0 : adjustment.delta),
    });
  }
  const isOff = ({ sku, restocked }: StockRow) => {
    const bound = bounds.get(sku);
    return (
      bound !== undefined &&
      (restocked < bound.certain || restocked > bound.possible)
    );
  };
  return violation(
    "I12",
    "a delivery was lost or counted twice",
    stock.filter(isOff).map((row) => ({ ...row, ...bounds.get(row.sku) })),
  );
}

function heldForSomebody({ orders, reservations }: Stock): Violation[] {
  const orderOf = new Map(orders.map((order) => [order.id, order]));
  return [
    ...violation(
      "I4",
      "a reservation outlives its order",
      reservations.filter(({ orderId, status }) => {
        const order = orderOf.get(orderId);
        return status === "reserved" && (!order || isTerminal(order));
      }),
    ),
    ...violation(
      "I4",
      "a reservation is not what became of its order",
      reservations.filter(({ orderId, status }) => {
        const order = orderOf.get(orderId);
        return order && isTerminal(order)
          ? (status === "sold") !== isSold(order)
          : false;
      }),
    ),
  ];
}
