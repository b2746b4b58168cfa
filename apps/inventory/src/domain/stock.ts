import { Refusal } from "@cartwright/kernel/refusal";

/** Where a unit can be. Moving it from one pile to another never changes how many there are. */
export type Pile = "available" | "reserved" | "sold";

/** All units of one sku. */
export type StockItem = Readonly<Record<Pile, number>> & {
  readonly sku: string;
  readonly warehouse: string;
  /** An alert is due when fewer are available. */
  readonly lowStockThreshold: number;
  /** Of the last event published about this item. */
  readonly sequence: number;
};

export type Move = {
  readonly sku: string;
  readonly quantity: number;
  readonly from: Pile;
  readonly to: Pile;
};

export type LowStock = {
  readonly kind: "low-stock";
  readonly sku: string;
  readonly sequence: number;
  readonly available: number;
  readonly threshold: number;
};

export type StockLevelChanged = {
  readonly kind: "stock-level-changed";
  readonly sku: string;
  readonly sequence: number;
  readonly warehouse: string;
  readonly delta: number;
  readonly available: number;
  readonly reserved: number;
  readonly reason: string;
};

export type StockDecision<Event> = {
  readonly item: StockItem;
  readonly events: readonly Event[];
};

export function move(
  item: StockItem,
  { quantity, from, to }: Omit<Move, "sku">,
): StockDecision<LowStock> {
  if (item[from] < quantity) {
    throw new RangeError(
      `${item.sku}: ${quantity} of ${item[from]} ${from} cannot become ${to}.`,
    );
  }
  const moved = {
    ...item,
    [from]: item[from] - quantity,
    [to]: item[to] + quantity,
  };
  return alertedIfLow(item, moved);
}

/** Units come in, or (with a negative delta) go out other than by a sale. */
export function adjust(
  item: StockItem,
  { delta, reason }: { readonly delta: number; readonly reason: string },
): StockDecision<StockLevelChanged | LowStock> {
  const { sku, warehouse, reserved } = item;
  const available = item.available + delta;
  if (available < 0) {
    throw new Refusal(
      "insufficient-stock",
      `Only ${item.available} of ${sku} are available.`,
      { sku, available: item.available },
    );
  }
  const sequence = item.sequence + 1;
  const changed: StockLevelChanged = {
    kind: "stock-level-changed",
    ...{ sku, sequence, warehouse, delta, available, reserved, reason },
  };
  const alerted = alertedIfLow(item, { ...item, available, sequence });
  return { item: alerted.item, events: [changed, ...alerted.events] };
}

/** Alerts on the way down through the threshold only, so that one shortage is one alert. */
function alertedIfLow(
  before: StockItem,
  after: StockItem,
): StockDecision<LowStock> {
  const { sku, available, lowStockThreshold: threshold } = after;
  if (before.available < threshold || available >= threshold) {
    return { item: after, events: [] };
  }
  const sequence = after.sequence + 1;
  return {
    item: { ...after, sequence },
    events: [{ kind: "low-stock", sku, sequence, available, threshold }],
  };
}
