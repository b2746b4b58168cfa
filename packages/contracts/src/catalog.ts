import { z } from "zod";
import { defineEvent } from "./define.ts";
import { idShape, moneyShape, timeShape } from "./shapes.ts";

const product = z.object({
  productId: idShape,
  sku: z.string().min(1),
  name: z.string().min(1),
  price: moneyShape,
  at: timeShape,
});

export const productCreated = defineEvent("catalog.ProductCreated.v1", {
  data: product,
  subject: ["product", (data) => data.productId],
});

export const productUpdated = defineEvent("catalog.ProductUpdated.v1", {
  data: product,
  subject: ["product", (data) => data.productId],
});

export const priceChanged = defineEvent("catalog.PriceChanged.v1", {
  data: z.object({
    productId: idShape,
    sku: z.string().min(1),
    oldPrice: moneyShape,
    price: moneyShape,
    at: timeShape,
  }),
  subject: ["product", (data) => data.productId],
});

export const productDeleted = defineEvent("catalog.ProductDeleted.v1", {
  data: z.object({ productId: idShape, sku: z.string().min(1), at: timeShape }),
  subject: ["product", (data) => data.productId],
});
