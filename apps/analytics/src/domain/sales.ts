import type { Money } from "@cartwright/kernel/money";

/** What one event means for the books. */
export type SalesFact = {
  readonly kind:
    | "placed"
    | "confirmed"
    | "cancelled"
    /** Staff gave the money back; the order stays. */
    | "refunded"
    /** An order is cancelled whose money had been given back: its cancellation takes it off, once. */
    | "refund-taken-over";
  /** RFC 3339. */
  readonly at: string;
  readonly total: Money;
  /** Of a cancellation: whether the order had been counted as revenue. */
  readonly wasConfirmed?: boolean;
};

/** Orders and money of one day (UTC) in one currency; or what is to be added to them. */
export type DayOfSales = {
  readonly day: string;
  readonly currency: string;
  readonly placed: number;
  readonly confirmed: number;
  readonly cancelled: number;
  /** Minor units; negative on a day that takes back more than it sells. */
  readonly revenue: number;
  /** Minor units given back by staff while the orders stayed; what is left is revenue less this. */
  readonly refunded: number;
};

/** The day (UTC) of an RFC 3339 time. */
export const dayOf = (time: string): string =>
  new Date(time).toISOString().slice(0, 10);

/** What these facts add to each day and currency, in that order. */
export function tally(facts: readonly SalesFact[]): DayOfSales[] {
  const days = new Map<string, DayOfSales>();
  for (const fact of facts) {
    const day = dayOf(fact.at);
    const { currency } = fact.total;
    const key = `${day} ${currency}`;
    days.set(key, count(days.get(key) ?? nothing(day, currency), fact));
  }
  return [...days].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, day]) => day);
}

const nothing = (day: string, currency: string): DayOfSales => ({
  day,
  currency,
  placed: 0,
  confirmed: 0,
  cancelled: 0,
  revenue: 0,
  refunded: 0,
});

/** A confirmed order that is cancelled is taken off on the day of its cancellation. */
function count(day: DayOfSales, { kind, total, wasConfirmed }: SalesFact) {
  const { amount } = total;
  switch (kind) {
    case "placed":
      return { ...day, placed: day.placed + 1 };
    case "confirmed":
      return {
        ...{ ...day, confirmed: day.confirmed + 1 },
        revenue: day.revenue + amount,
      };
    case "cancelled":
      return {
        ...{ ...day, cancelled: day.cancelled + 1 },
        revenue: day.revenue - (wasConfirmed ? amount : 0),
      };
    case "refunded":
      return { ...day, refunded: day.refunded + amount };
    case "refund-taken-over":
      return { ...day, refunded: day.refunded - amount };
  }
}
