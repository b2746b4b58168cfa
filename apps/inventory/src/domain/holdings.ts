import {
  release,
  reserve,
  sell,
  type Line,
  type Reservation,
  type ReservationDecision,
  type ReservationEvent,
} from "./reservation.ts";
import { move, type LowStock, type Move, type StockItem } from "./stock.ts";

/** The reservations and stock items that a batch of messages touches. */
export type Holdings = {
  readonly reservations: Map<string, Reservation>;
  readonly stock: Map<string, StockItem>;
};

export type OrderInput = { readonly orderId: string } & (
  | { readonly kind: "reserve"; readonly lines: readonly Line[] }
  | { readonly kind: "release" }
  | { readonly kind: "sell" }
);

/** Decides on one message and moves the holdings on, so that the next message sees its effect. */
export function advance(
  holdings: Holdings,
  input: OrderInput,
): readonly (ReservationEvent | LowStock)[] {
  const decision = decide(holdings, input);
  if (decision === undefined) return [];
  holdings.reservations.set(input.orderId, decision.reservation);
  const alerts = decision.moves.flatMap((each) => carryOut(holdings, each));
  return decision.event === undefined ? alerts : [decision.event, ...alerts];
}

function decide(
  { reservations, stock }: Holdings,
  input: OrderInput,
): ReservationDecision | undefined {
  const existing = reservations.get(input.orderId);
  switch (input.kind) {
    case "reserve":
      return reserve(existing, input, (sku) => stock.get(sku)?.available);
    case "release":
      return release(existing, input);
    case "sell":
      return sell(existing);
  }
}

function carryOut(
  { stock }: Holdings,
  { sku, ...rest }: Move,
): readonly LowStock[] {
  const item = stock.get(sku);
  if (item === undefined)
    throw new Error(`${sku} is held by an order but not in stock.`);
  const { item: moved, events } = move(item, rest);
  stock.set(sku, moved);
  return events;
}
