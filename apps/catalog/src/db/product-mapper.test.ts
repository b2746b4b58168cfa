import { money } from "@cartwright/kernel/money";
import { create } from "../domain/product.ts";
import { productOf, rowOf } from "./product-mapper.ts";

it.each(["kitchen", null])(
  "a product in category %s survives its row",
  (category) => {
    const details = {
      sku: "MUG-01",
      name: "Mug",
      description: "Holds tea.",
      category,
      images: [{ url: "https://shop.example/mug.jpg", alt: "A mug" }],
      attributes: { colour: "blue", millilitres: 300, dishwasher: true },
      price: money(1_290, "EUR"),
    };
    const { product } = create(details, new Date("2026-01-05T08:00:00Z"));

    expect(productOf(rowOf(product))).toEqual(product);
  },
);
