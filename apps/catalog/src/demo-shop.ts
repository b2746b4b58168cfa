import type { Category } from "./db/category-store.ts";
import type { Details } from "./domain/product.ts";

export const demoCategories: readonly Category[] = [
  { slug: "kitchen", name: "Kitchen" },
  { slug: "desk", name: "Desk" },
  { slug: "outdoors", name: "Outdoors" },
];

export type DemoProduct = Pick<Details, "sku" | "name" | "description"> & {
  readonly category: string;
  readonly euros: number;
  readonly attributes?: Details["attributes"];
};

/** What the demo shop sells, newest first. Of LAMP-BRASS there are only a few. */
export const demoProducts: readonly DemoProduct[] = [
  {
    sku: "MUG-STONE",
    name: "Stoneware mug",
    description: "Thrown by hand, glazed in slate grey. Holds a generous tea.",
    category: "kitchen",
    euros: 18.5,
    attributes: { colour: "slate", millilitres: 350, dishwasherSafe: true },
  },
  {
    sku: "KETTLE-GOOSENECK",
    name: "Gooseneck kettle",
    description: "Pours in a thin, steady stream; keeps its heat on the table.",
    category: "kitchen",
    euros: 64,
    attributes: { material: "steel", litres: 0.9 },
  },
  {
    sku: "BOARD-OAK",
    name: "Oak cutting board",
    description: "End grain, oiled, heavy enough to stay where you put it.",
    category: "kitchen",
    euros: 42,
    attributes: { material: "oak", centimetres: 40 },
  },
  {
    sku: "KNIFE-CHEF",
    name: "Chef's knife",
    description:
      "Twenty centimetres of carbon steel. Wants drying, and wears well.",
    category: "kitchen",
    euros: 89.9,
    attributes: { material: "carbon steel", centimetres: 20 },
  },
  {
    sku: "LAMP-BRASS",
    name: "Brass desk lamp",
    description: "A numbered series with a linen cord. Only a few are left.",
    category: "desk",
    euros: 149,
    attributes: { material: "brass", limited: true },
  },
  {
    sku: "NOTEBOOK-A5",
    name: "Dotted notebook",
    description: "A5, 160 pages that take a fountain pen, bound to lie flat.",
    category: "desk",
    euros: 14.9,
    attributes: { pages: 160, format: "A5" },
  },
  {
    sku: "PEN-BRASS",
    name: "Brass pen",
    description: "Turned from one piece; grows darker with every letter.",
    category: "desk",
    euros: 38,
    attributes: { material: "brass", refill: "D1" },
  },
  {
    sku: "TRAY-WALNUT",
    name: "Walnut tray",
    description: "For keys, cards and whatever else a day leaves behind.",
    category: "desk",
    euros: 29.5,
    attributes: { material: "walnut" },
  },
  {
    sku: "FLASK-STEEL",
    name: "Steel flask",
    description:
      "Hot for twelve hours, cold for twenty-four, light enough to take.",
    category: "outdoors",
    euros: 32,
    attributes: { colour: "forest", millilitres: 750 },
  },
  {
    sku: "BLANKET-WOOL",
    name: "Wool blanket",
    description: "Woven from recycled wool: for benches, boats and balconies.",
    category: "outdoors",
    euros: 79,
    attributes: { material: "wool", colour: "rust" },
  },
  {
    sku: "LANTERN-CAMP",
    name: "Camp lantern",
    description: "Warm light for forty hours, charged in three by USB-C.",
    category: "outdoors",
    euros: 54.5,
    attributes: { hours: 40, rechargeable: true },
  },
  {
    sku: "HAMMOCK-DUO",
    name: "Hammock for two",
    description: "Ripstop nylon with its own straps; packs to a fist.",
    category: "outdoors",
    euros: 69.9,
    attributes: { kilograms: 0.6, colour: "ochre" },
  },
];
