import {
  add,
  compare,
  decimalsOf,
  fromMajorUnits,
  money,
  multiply,
  sum,
  zero,
} from "./money.ts";

it("reckons in whole minor units", () => {
  expect(add(money(1_999, "EUR"), money(1, "EUR"))).toEqual(
    money(2_000, "EUR"),
  );
  expect(multiply(money(333, "EUR"), 3)).toEqual(money(999, "EUR"));
  expect(sum([money(1, "EUR"), money(2, "EUR")], "EUR")).toEqual(
    money(3, "EUR"),
  );
  expect(sum([], "EUR")).toEqual(zero("EUR"));
  expect(compare(money(1, "EUR"), money(2, "EUR"))).toBeLessThan(0);
});

it.each([0.1, Number.NaN, Number.MAX_SAFE_INTEGER + 1])(
  "knows no amount of %s",
  (amount) => {
    expect(() => money(amount, "EUR")).toThrow(RangeError);
  },
);

it("does not reckon across currencies", () => {
  expect(() => add(money(1, "EUR"), money(1, "USD"))).toThrow(RangeError);
  expect(() => compare(money(1, "EUR"), money(1, "USD"))).toThrow(RangeError);
});

it("notices when a product leaves the safe integers", () => {
  expect(() => multiply(money(2 ** 50, "EUR"), 16)).toThrow(RangeError);
});

it("knows the decimals of a currency", () => {
  expect(["EUR", "JPY", "KWD"].map(decimalsOf)).toEqual([2, 0, 3]);
  expect(fromMajorUnits(29.99, "EUR")).toEqual(money(2_999, "EUR"));
  expect(fromMajorUnits(500, "JPY")).toEqual(money(500, "JPY"));
  expect(fromMajorUnits(1.5, "KWD")).toEqual(money(1_500, "KWD"));
});
