import { z } from "zod";

const milliseconds = z.coerce.number().int().min(0).max(86_400_000);

export const shippingConfig = z.object({
  /** How long the simulated carrier takes to answer. */
  CARRIER_LATENCY_MS: milliseconds.default(0),
  /** Calls to the carrier under way at a time. */
  CARRIER_CONCURRENCY: z.coerce.number().int().min(1).max(1_000).default(64),
  /** Dispatches confirmed orders by itself after this time; without it somebody does. */
  AUTO_DISPATCH_AFTER_MS: milliseconds.optional(),
});

export type ShippingConfig = z.output<typeof shippingConfig>;
