import { money } from "@cartwright/kernel/money";
import { tally, type SalesFact } from "./sales.ts";

const noon = "2026-05-01T12:00:00.000Z";
const placed = (total = money(1000, "EUR")): SalesFact => ({
  kind: "placed",
  at: noon,
  total,
});
const confirmed = (total = money(1000, "EUR"), at = noon): SalesFact => ({
  kind: "confirmed",
  at,
  total,
});
const cancelled = (wasConfirmed: boolean, at = noon): SalesFact => ({
  kind: "cancelled",
  at,
  total: money(1000, "EUR"),
  wasConfirmed,
});

it("counts a placed order without calling it revenue", () => {
  expect(tally([placed()])).toEqual([
    {
      day: "2026-05-01",
      currency: "EUR",
      placed: 1,
      confirmed: 0,
      cancelled: 0,
      revenue: 0,
      refunded: 0,
    },
  ]);
});

it("adds up what is confirmed, each currency for itself", () => {
  expect(
    tally([
      confirmed(),
      confirmed(money(500, "EUR")),
      confirmed(money(700, "CHF")),
    ]).map(({ currency, confirmed: orders, revenue }) => [
      currency,
      orders,
      revenue,
    ]),
  ).toEqual([
    ["CHF", 1, 700],
    ["EUR", 2, 1500],
  ]);
});

it("takes a cancelled order off the revenue if it had been confirmed", () => {
  expect(tally([confirmed(), cancelled(true)])).toMatchObject([
    { cancelled: 1, revenue: 0 },
  ]);
  expect(tally([placed(), cancelled(false)])).toMatchObject([
    { cancelled: 1, revenue: 0 },
  ]);
});

it("counts what staff gave back beside the revenue, not in it", () => {
  const refunded: SalesFact = { ...placed(), kind: "refunded" };
  expect(tally([confirmed(), refunded])).toMatchObject([
    { confirmed: 1, cancelled: 0, revenue: 1000, refunded: 1000 },
  ]);
});

it("takes money off once when an order is cancelled that had been refunded", () => {
  const facts: SalesFact[] = [
    { ...placed(), kind: "refunded" },
    { ...placed(), kind: "refund-taken-over" },
  ];
  expect(tally([confirmed(), cancelled(true), ...facts])).toMatchObject([
    { revenue: 0, refunded: 0 },
  ]);
});

it("takes it off on the day of the cancellation", () => {
  const nextDay = "2026-05-02T00:00:00.000Z";
  expect(tally([confirmed(), cancelled(true, nextDay)])).toMatchObject([
    { day: "2026-05-01", revenue: 1000 },
    { day: "2026-05-02", revenue: -1000 },
  ]);
});

it("counts by the day in UTC", () => {
  expect(
    tally([confirmed(money(1, "EUR"), "2026-05-02T01:30:00+02:00")]),
  ).toMatchObject([{ day: "2026-05-01" }]);
});
