import { money, type Money } from "@cartwright/kernel/money";

export type Rate = {
  readonly service: "standard" | "express";
  readonly price: Money;
  /** Working days until delivery, at least and at most. */
  readonly days: readonly [min: number, max: number];
};

const home = "DE";
const neighbours = new Set(
  "AT BE BG CY CZ DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split(
    " ",
  ),
);

const domestic: readonly Rate[] = [
  { service: "standard", price: money(490, "EUR"), days: [1, 3] },
  { service: "express", price: money(990, "EUR"), days: [1, 1] },
];
const european: readonly Rate[] = [
  { service: "standard", price: money(990, "EUR"), days: [3, 6] },
  { service: "express", price: money(1_990, "EUR"), days: [1, 3] },
];
const worldwide: readonly Rate[] = [
  { service: "standard", price: money(1_990, "EUR"), days: [7, 21] },
  { service: "express", price: money(4_990, "EUR"), days: [3, 7] },
];

/** What a parcel to this country (ISO 3166-1 alpha-2) costs, whatever its weight. */
export function ratesTo(country: string): readonly Rate[] {
  if (country === home) return domestic;
  return neighbours.has(country) ? european : worldwide;
}
