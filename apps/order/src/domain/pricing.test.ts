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
    [{ productId: mug.id, quantity: 3, expectedPrice: 2000 }],
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
        { productId: mug.id, quantity: 1, expectedPrice: 1200 },
        { productId: lamp.id, quantity: 1, expectedPrice: 9900 },
      ],
      shelf,
    ),
  ).toThrow(
    expect.objectContaining({
      code: "price-changed",
      details: {
        items: [{ productId: mug.id, expected: 1200, price: mug.price }],
      },
    }) as Refusal,
  );
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
