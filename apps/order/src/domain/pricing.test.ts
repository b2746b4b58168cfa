import { newId } from "@cartwright/kernel/ids";
import { money } from "@cartwright/kernel/money";
import type { Refusal } from "@cartwright/kernel/refusal";
import { price, type Product } from "./pricing.ts";

const mug: Product = {
  id: newId(),
  sku: "MUG-01",
  name: "Mug",
  price: money(1250, "EUR"),
};
const lamp: Product = {
  id: newId(),
  sku: "LAMP-01",
  name: "Lamp",
  price: money(9900, "EUR"),
};
const ring: Product = {
  id: newId(),
  sku: "RING-01",
  name: "Ring",
  price: money(100, "USD"),
};
const shelf = (idOrSku: string) =>
  [mug, lamp, ring].find(({ id, sku }) => id === idOrSku || sku === idOrSku);

const refused = (code: string) => expect.objectContaining({ code }) as Refusal;

it("charges our price, whatever the buyer expects above it", () => {
  const { total } = price(
    [{ productId: mug.id, quantity: 3, expectedPrice: money(2000, "EUR") }],
    shelf,
  );
  expect(total).toEqual(money(3750, "EUR"));
});

it("makes one line of a product that stands on two", () => {
  const { items, total } = price(
    [
      { productId: mug.id, quantity: 1 },
      { productId: "LAMP-01", quantity: 1 },
      { productId: "MUG-01", quantity: 2 },
    ],
    shelf,
  );
  expect(items.map(({ sku, quantity }) => [sku, quantity])).toEqual([
    ["MUG-01", 3],
    ["LAMP-01", 1],
  ]);
  expect(total.amount).toBe(3 * 1250 + 9900);
});

it("names every price that has risen", () => {
  expect(() =>
    price(
      [
        { productId: mug.id, quantity: 1, expectedPrice: money(1200, "EUR") },
        { productId: lamp.id, quantity: 1, expectedPrice: money(9900, "EUR") },
      ],
      shelf,
    ),
  ).toThrow(
    expect.objectContaining({
      code: "price-changed",
      details: {
        items: [
          {
            productId: mug.id,
            expected: money(1200, "EUR"),
            price: mug.price,
          },
        ],
      },
    }) as Refusal,
  );
});

it.each([
  ["JPY", 1250, 1250, 1249],
  ["EUR", 1250, 12.5, 12.49],
  ["KWD", 1250, 1.25, 1.249],
])(
  "reads a written price with the decimals of %s",
  (currency, ours, ...written) => {
    const priced = { ...mug, price: money(ours, currency) };
    const [enough, less] = written.map(
      (expected) => () =>
        price(
          [{ productId: mug.id, quantity: 1, price: expected }],
          () => priced,
        ),
    );
    expect(enough?.().total).toEqual(priced.price);
    expect(less).toThrow(refused("price-changed"));
  },
);

it("refuses a price in another currency than the buyer expects", () => {
  const expectedPrice = money(999_999, "USD");
  expect(() =>
    price([{ productId: mug.id, quantity: 1, expectedPrice }], shelf),
  ).toThrow(refused("price-changed"));
});

it("refuses what is not sold, currencies that do not mix, and totals beyond reason", () => {
  const buy =
    (...requested: [string, number][]) =>
    () =>
      price(
        requested.map(([productId, quantity]) => ({ productId, quantity })),
        shelf,
      );
  expect(buy(["NOPE", 1])).toThrow(refused("unknown-product"));
  expect(buy([mug.id, 1], [ring.id, 1])).toThrow(refused("mixed-currencies"));
  expect(buy([lamp.id, 1_000_000_000])).toThrow(refused("order-too-large"));
});
