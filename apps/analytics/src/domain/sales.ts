import type { Money } from "@cartwright/kernel/money";

/** What one event means for the books. */
export type SalesFact = {
  readonly kind: "placed" | "confirmed" | "cancelled";
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
});

const count = (day: DayOfSales, fact: SalesFact): DayOfSales => ({
  ...day,
  [fact.kind]: day[fact.kind] + 1,
  revenue: day.revenue + revenueOf(fact),
});

/** A confirmed order that is cancelled is taken off on the day of its cancellation. */
function revenueOf({ kind, total, wasConfirmed }: SalesFact): number {
  switch (kind) {
    case "placed":
      return 0;
    case "confirmed":
      return total.amount;
    case "cancelled":
      return wasConfirmed ? -total.amount : 0;
  }
}
