import { orderCancelled, orderCreated } from "@cartwright/contracts/order";
import { authorizePayment, cancelPayment } from "@cartwright/contracts/payment";
import { cancelShipment, createShipment } from "@cartwright/contracts/shipping";
import { releaseInventory } from "@cartwright/contracts/inventory";
import type { ReceivedRecord } from "@cartwright/messaging/bus";
import { subjectOf } from "./aggregates.ts";

type Command = {
  readonly id: string;
  readonly attempt: number;
  readonly sequence: number;
  readonly data: unknown;
};

/** What the topics say of an order that the database does not know, or not to its end. */
export type JournalOrder = {
  readonly orderId: string;
  readonly correlationId: string;
  /** What its OrderCreated said; absent where the database has the order. */
  created?: unknown;
  /** The first command of its kind. */
  authorize?: Command;
  ship?: Command;
  /** It was cancelled, or parts of it were undone, in what was lost. */
  undone: boolean;
  /** Why it was cancelled, where its customer may have been told. */
  cancelledBecause?: string;
};

/** A lost fact that no order leads to: somebody has to say it again. */
export type Fact = {
  /** Of the event. */
  readonly id: string;
  readonly type: string;
  readonly subject: string;
  readonly time: string;
  readonly data?: unknown;
};

export type Journal = {
  readonly backup: string;
  readonly orders: readonly JournalOrder[];
  /** The ids of lost events, by type. */
  readonly lost: Readonly<Record<string, readonly string[]>>;
  readonly facts: readonly Fact[];
};

export const emptyJournal = (backup: string): Journal => ({
  ...{ backup, orders: [], lost: {}, facts: [] },
});

const undos = new Set<string>(
  [cancelPayment, cancelShipment, releaseInventory].map(({ type }) => type),
);

/** What comes over HTTP, and so is not done again by an order that goes on. */
const isFact =
  /^(identity|catalog)\.|^inventory\.StockLevelChanged|^shipping\.Shipment(Dispatched|Delivered)\./;

/**
 * Gathers what was lost, record by record in the order they were published in. What is told twice counts once: after
 * a failure it goes on from the journal that was written before.
 */
export class JournalWriter {
  readonly #orders: Map<string, JournalOrder>;
  readonly #lost: Map<string, Set<string>>;
  readonly #facts: Map<string, Fact>;

  constructor({ orders, lost, facts }: Journal) {
    this.#orders = new Map(orders.map((order) => [order.orderId, order]));
    this.#lost = new Map(
      Object.entries(lost).map(([type, ids]) => [type, new Set(ids)]),
    );
    this.#facts = new Map(facts.map((fact) => [fact.id, fact]));
  }

  lostEvent(record: ReceivedRecord): void {
    const type = typeOf(record);
    const id = record.headers.ce_id ?? "";
    this.#lost.set(type, (this.#lost.get(type) ?? new Set()).add(id));
    if (type === orderCreated.type)
      this.#orderOf(record).created ??= JSON.parse(record.value);
    if (type === orderCancelled.type) {
      const { reason } = JSON.parse(record.value) as { reason?: string };
      const order = this.#orderOf(record);
      order.undone = true;
      if (reason !== undefined) order.cancelledBecause = reason;
    }
    if (!isFact.test(type)) return;
    this.#facts.set(id, {
      ...{
        id,
        type,
        subject: subjectOf(record),
        time: record.headers.ce_time ?? "",
      },
      ...(!type.startsWith("identity.") && { data: JSON.parse(record.value) }),
    });
  }

  /** `status`: of its order in the database; undefined where that does not know it. */
  command(record: ReceivedRecord, status: string | undefined): void {
    const type = typeOf(record);
    if (undos.has(type) && status !== "cancelling" && status !== "cancelled")
      this.#orderOf(record).undone = true;
    if (status !== undefined && status !== "pending" && status !== "cancelling")
      return;
    if (type === authorizePayment.type)
      this.#orderOf(record).authorize ??= commandIn(record);
    if (type === createShipment.type)
      this.#orderOf(record).ship ??= commandIn(record);
  }

  journal(backup: string): Journal {
    return {
      ...{ backup, orders: [...this.#orders.values()] },
      lost: Object.fromEntries(
        [...this.#lost].map(([type, ids]) => [type, [...ids]]),
      ),
      facts: [...this.#facts.values()],
    };
  }

  #orderOf({ key, headers }: ReceivedRecord): JournalOrder {
    const known = this.#orders.get(key);
    if (known !== undefined) return known;
    const correlationId = headers.ce_correlationid ?? key;
    const order = { orderId: key, correlationId, undone: false };
    this.#orders.set(key, order);
    return order;
  }
}

export const typeOf = ({ headers }: ReceivedRecord): string =>
  headers.ce_type ?? "";

const commandIn = ({ headers, value }: ReceivedRecord): Command => ({
  id: headers.ce_id ?? "",
  attempt: Number(headers.ce_attempt),
  sequence: Number(headers.ce_sequence),
  data: JSON.parse(value),
});
