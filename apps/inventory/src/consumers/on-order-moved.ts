import type { MessageOf } from "@cartwright/contracts/define";
import {
  releaseInventory,
  reserveInventory,
} from "@cartwright/contracts/inventory";
import { causedBy } from "@cartwright/contracts/message";
import { orderConfirmed } from "@cartwright/contracts/order";
import type { Tx } from "@cartwright/database/tx";
import type { Clock } from "@cartwright/kernel/clock";
import { on } from "@cartwright/messaging/handler";
import type { Outbox, Outgoing } from "@cartwright/messaging/outbox";
import { reservationStore } from "../db/reservation-store.ts";
import { stockStore } from "../db/stock-store.ts";
import { advance, type Holdings, type OrderInput } from "../domain/holdings.ts";
import type { Reservation } from "../domain/reservation.ts";
import type { StockItem } from "../domain/stock.ts";
import { publishedForm } from "../published.ts";

type OrderMoved =
  | MessageOf<typeof reserveInventory>
  | MessageOf<typeof releaseInventory>
  | MessageOf<typeof orderConfirmed>;

type LoadedHoldings = {
  readonly reservations: ReadonlyMap<string, Reservation>;
  readonly stock: ReadonlyMap<string, StockItem>;
};

/** Reserves, gives back and sells, for all orders of a batch at once. */
export const onOrderMoved = ({
  outbox,
  clock,
}: {
  readonly outbox: Outbox;
  readonly clock: Clock;
}) =>
  on(
    [reserveInventory, releaseInventory, orderConfirmed],
    async (tx, messages) => {
      const loaded = await loadHoldings(tx, messages);
      const holdings: Holdings = {
        reservations: new Map(loaded.reservations),
        stock: new Map(loaded.stock),
      };
      const at = clock.now().toISOString();
      const outgoing = messages.flatMap((message) =>
        outcomeOf(holdings, message, at),
      );
      saveHoldings(tx, loaded, holdings);
      outbox.append(tx, outgoing);
    },
  );

/**
 * The skus of a release or a sale are known only from the reservation. Where all reserve, one round trip has both; among others
 * never so: stock is locked in the order of its skus, hence at once.
 */
async function loadHoldings(
  tx: Tx,
  messages: readonly OrderMoved[],
): Promise<LoadedHoldings> {
  const orderIds = new Set(messages.map(({ data }) => data.orderId));
  const wanted = messages.flatMap((message) =>
    message.type === reserveInventory.type ? [message.data.lines] : [],
  );
  const loading = reservationStore.loadMany(tx, [...orderIds]);
  if (wanted.length === messages.length) {
    const stocking = stockStore.loadMany(tx, skusOf(wanted));
    const [reservations, stock] = await Promise.all([loading, stocking]);
    return { reservations, stock };
  }
  const reservations = await loading;
  const held = [...reservations.values()].map(({ lines }) => lines);
  const stock = await stockStore.loadMany(tx, skusOf([...held, ...wanted]));
  return { reservations, stock };
}

const skusOf = (lines: readonly Reservation["lines"][]): string[] => [
  ...new Set(lines.flat().map(({ sku }) => sku)),
];

function saveHoldings(
  tx: Tx,
  loaded: LoadedHoldings,
  { reservations, stock }: Holdings,
): void {
  reservationStore.saveMany(tx, loaded.reservations, reservations.values());
  stockStore.saveMany(tx, loaded.stock, stock.values());
}

function outcomeOf(
  holdings: Holdings,
  message: OrderMoved,
  at: string,
): Outgoing[] {
  const { commandId, ...cause } = causedBy(message);
  return advance(holdings, inputOf(message)).map((event) => ({
    draft: publishedForm(event, at),
    sequence: event.sequence,
    // An alert comes of the command but does not answer it.
    cause:
      event.kind === "low-stock" || commandId === undefined
        ? cause
        : { ...cause, commandId },
  }));
}

function inputOf({ type, data }: OrderMoved): OrderInput {
  switch (type) {
    case "inventory.ReserveInventory.v1":
      return { kind: "reserve", orderId: data.orderId, lines: data.lines };
    case "inventory.ReleaseInventory.v1":
      return { kind: "release", orderId: data.orderId };
    case "order.OrderConfirmed.v1":
      return { kind: "sell", orderId: data.orderId };
  }
}
