import type { History } from "../history.ts";
import type { MessageRow } from "../outbox-history.ts";
import type { Subscription } from "../subscriptions.ts";
import type { TopicRow } from "../topic-reader.ts";

/** A sentence of the promise that does not hold, with an example. */
export type Violation = {
  /** As in the table of `docs/reliability.md`, for instance `I3`. */
  readonly invariant: string;
  readonly sentence: string;
  /** How often. */
  readonly count: number;
};

/** `rows` contradict the sentence; none is none. */
export const violation = (
  invariant: string,
  sentence: string,
  rows: readonly unknown[],
): Violation[] =>
  rows.length === 0
    ? []
    : [
        {
          invariant,
          count: rows.length,
          sentence: `${sentence}: ${rows.length}, such as ${JSON.stringify(rows[0])}`,
        },
      ];

export type OrderRow = {
  readonly id: string;
  readonly customerId: string;
  readonly status: string;
  /** Minor units. */
  readonly total: number;
  readonly items: readonly {
    readonly sku: string;
    readonly quantity: number;
  }[];
  /** Milliseconds since 1970, like all times here. */
  readonly createdAt: number;
  /** When it was confirmed or, if that came later, cancelled. */
  readonly endedAt: number | null;
};

export type MoneyRow = {
  readonly paymentId: string;
  readonly kind: "capture" | "refund";
  readonly amount: number;
};

export type StockRow = {
  readonly sku: string;
  readonly initial: number;
  readonly restocked: number;
  readonly available: number;
  readonly reserved: number;
  readonly sold: number;
};

/** Something that may happen once per key: a parcel, a mail, a line of the archive. */
export type EffectRow = { readonly effect: string; readonly key: string };

export type InboxRow = {
  readonly consumer: string;
  readonly id: string;
  readonly attempt: number | null;
};

export type SequenceRow = {
  readonly consumer: string;
  readonly subject: string;
  readonly last: number;
};

/** Everything the checkers know, read when all is quiet. */
export type Evidence = {
  readonly history: History;
  readonly orders: readonly OrderRow[];
  /** Saga runs that have not ended. */
  readonly openSagas: readonly {
    readonly key: string;
    readonly step: string;
  }[];
  readonly stock: readonly StockRow[];
  readonly reservations: readonly {
    readonly orderId: string;
    readonly status: string;
  }[];
  readonly payments: readonly {
    readonly id: string;
    readonly orderId: string;
  }[];
  readonly ourLedger: readonly (MoneyRow & {
    readonly debit: string;
    readonly credit: string;
  })[];
  readonly providerLedger: readonly MoneyRow[];
  readonly effects: readonly EffectRow[];
  /** What was committed to outboxes since `watchedSince`, and what lies on the topics. */
  readonly committed: readonly MessageRow[];
  readonly published: readonly TopicRow[];
  readonly watchedSince: number;
  readonly subscriptions: readonly Subscription[];
  readonly inboxes: readonly InboxRow[];
  readonly sequences: readonly SequenceRow[];
  /** Messages and keys that wait for a person. */
  readonly parked: readonly {
    readonly consumer: string;
    readonly key: string;
  }[];
  readonly archived: readonly { readonly id: string }[];
  /** When the last fault was over. */
  readonly lastFaultAt: number;
};

export const isTerminal = ({ status }: Pick<OrderRow, "status">): boolean =>
  status !== "pending" && status !== "cancelling";

/** Confirmed, and whatever follows from that. */
export const isSold = (order: Pick<OrderRow, "status">): boolean =>
  isTerminal(order) && order.status !== "cancelled";
