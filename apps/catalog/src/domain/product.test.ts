import { money } from "@cartwright/kernel/money";
import {
  assertVersion,
  changePrice,
  create,
  remove,
  update,
  type NewProduct,
} from "./product.ts";

const monday = new Date("2026-01-05T08:00:00Z");
const tuesday = new Date("2026-01-06T08:00:00Z");

const aMug: NewProduct = {
  sku: "MUG-01",
  name: "Mug",
  description: "Holds tea.",
  category: "kitchen",
  images: [],
  attributes: { colour: "blue" },
  price: money(1_290, "EUR"),
};

const { product: mug } = create(aMug, monday);

describe("a product", () => {
  it("begins at version 1 and is told of", () => {
    const { product, events } = create(aMug, monday);

    expect(product).toMatchObject({ ...aMug, version: 1, createdAt: monday });
    expect(events).toEqual([{ kind: "created" }]);
  });

  it("counts each change", () => {
    const { product, events } = update(mug, { name: "Big mug" }, tuesday);

    expect(product).toMatchObject({
      name: "Big mug",
      sku: "MUG-01",
      version: 2,
      updatedAt: tuesday,
    });
    expect(events).toEqual([{ kind: "updated" }]);
  });

  it("has nothing to tell when a change changes nothing", () => {
    const same = { name: "Mug", attributes: { colour: "blue" } };
    expect(update(mug, same, tuesday)).toEqual({ product: mug, events: [] });
  });

  it("tells the old price along with the new one", () => {
    const price = money(1_490, "EUR");
    const { product, events } = changePrice(mug, price, tuesday);

    expect(product).toMatchObject({ price, version: 2 });
    expect(events).toEqual([
      { kind: "price-changed", oldPrice: money(1_290, "EUR") },
    ]);
  });

  it("has nothing to tell when the price stays", () => {
    const { events } = changePrice(mug, money(1_290, "EUR"), tuesday);
    expect(events).toEqual([]);
  });

  it("is marked when it is deleted", () => {
    const { product, events } = remove(mug, tuesday);

    expect(product).toMatchObject({ deletedAt: tuesday, version: 2 });
    expect(events).toEqual([{ kind: "deleted" }]);
  });

  it("is not changed by somebody who has seen an older version", () => {
    const { product } = update(mug, { name: "Big mug" }, tuesday);

    expect(() => assertVersion(product, 1)).toThrow("since version 1");
    expect(() => assertVersion(product, 2)).not.toThrow();
    expect(() => assertVersion(product, undefined)).not.toThrow();
  });
});
