import { z } from "zod";

const milliseconds = z.coerce.number().int().min(0).max(86_400_000);

export const shippingConfig = z.object({
  CARRIER_LATENCY_MS: milliseconds
    .default(0)
    .describe("How long the simulated carrier takes to answer."),
  CARRIER_CONCURRENCY: z.coerce
    .number()
    .int()
    .min(1)
    .max(1_000)
    .default(64)
    .describe("Calls to the carrier under way at a time."),
  AUTO_DISPATCH_AFTER_MS: milliseconds
    .optional()
    .describe(
      "Dispatches confirmed orders by itself after this time; without it somebody does.",
    ),
});

export type ShippingConfig = z.output<typeof shippingConfig>;
