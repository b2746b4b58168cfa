/** An amount in integer minor units (cents) of an ISO 4217 currency. */
export type Money = { readonly amount: number; readonly currency: string };

export function money(amount: number, currency: string): Money {
  if (!Number.isSafeInteger(amount)) {
    throw new RangeError(
      `An amount is a whole number of minor units, not ${amount}.`,
    );
  }
  return { amount, currency };
}

export const zero = (currency: string): Money => money(0, currency);

export function add(a: Money, b: Money): Money {
  assertSameCurrency(a, b);
  return money(a.amount + b.amount, a.currency);
}

export const multiply = (a: Money, factor: number): Money =>
  money(a.amount * factor, a.currency);

export function compare(a: Money, b: Money): number {
  assertSameCurrency(a, b);
  return a.amount - b.amount;
}

/** The sum of the amounts; `currency` decides what an empty list sums to. */
export const sum = (amounts: readonly Money[], currency: string): Money =>
  amounts.reduce(add, zero(currency));

function assertSameCurrency(a: Money, b: Money): void {
  if (a.currency !== b.currency) {
    throw new RangeError(
      `${a.currency} and ${b.currency} cannot be reckoned together.`,
    );
  }
}

const digits = new Map<string, number>();

/** How many decimals amounts of a currency are written with: 2 for EUR, none for JPY, 3 for KWD. */
export function decimalsOf(currency: string): number {
  const known = digits.get(currency);
  if (known !== undefined) return known;
  const format = new Intl.NumberFormat("en", { style: "currency", currency });
  const found = format.resolvedOptions().maximumFractionDigits ?? 2;
  digits.set(currency, found);
  return found;
}

/** An amount as people write it, for instance 29.99, in the currency's minor units. */
export const fromMajorUnits = (amount: number, currency: string): Money =>
  money(Math.round(amount * 10 ** decimalsOf(currency)), currency);
