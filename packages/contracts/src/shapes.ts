import { z } from "zod";

/** Shapes that several messages share. */

export const moneyShape = z.object({
  amount: z.int().nonnegative(),
  currency: z
    .string()
    .regex(
      /^[A-Z]{3}$/,
      "Three capital letters, as in ISO 4217, are expected.",
    ),
});

const currencies = new Set(Intl.supportedValuesOf("currency"));

/** A currency that money is asked for in; messages take whatever was once written. */
export const currencyShape = z
  .string()
  .refine(
    (code) => currencies.has(code),
    "A currency's code, as in ISO 4217, is expected.",
  );

/** ISO 3166-1 alpha-2. */
export const countryShape = z
  .string()
  .regex(/^[A-Z]{2}$/, "Two capital letters, as in ISO 3166-1, are expected.");

export const idShape = z.guid();
export const timeShape = z.iso.datetime();

/** One line of an order: what was bought, at the price it was sold for. */
export const orderItemShape = z.object({
  productId: idShape,
  sku: z.string().min(1),
  name: z.string(),
  quantity: z.int().positive(),
  unitPrice: moneyShape,
});

/** A quantity of one stock item. */
export const stockLineShape = z.object({
  sku: z.string().min(1),
  quantity: z.int().positive(),
});

export const addressShape = z.object({
  name: z.string().min(1).max(200),
  line1: z.string().min(1).max(200),
  line2: z.string().max(200).optional(),
  postalCode: z.string().min(1).max(20),
  city: z.string().min(1).max(100),
  country: countryShape,
});
export type PostalAddress = z.infer<typeof addressShape>;
export type OrderItem = z.infer<typeof orderItemShape>;
