import { inProduction } from "@cartwright/kernel/in-production";
import { z } from "zod";

/** The order service's own environment variables. */
export const orderConfig = z.object({
  SAGA_TIME_SCALE: z.coerce
    .number()
    .positive()
    .max(1)
    .default(1)
    .refine(
      (scale) => scale === 1 || !inProduction(),
      "it is refused in production",
    )
    .describe(
      "Shrinks the sagas' time-outs and back-off in tests; refused in production.",
    ),
  SAGA_RETENTION_DAYS: z.coerce
    .number()
    .int()
    .min(14)
    .default(90)
    .describe(
      "For how long sagas that have ended are kept, with their logs; not shorter than messages may come again.",
    ),
  DEFAULT_PAYMENT_TOKEN: z
    .string()
    .min(1)
    .optional()
    .describe(
      "Charged when an order names no payment token; for trying a shop out.",
    ),
  DEFAULT_SHIPPING_COUNTRY: z
    .string()
    .regex(/^[A-Z]{2}$/)
    .optional()
    .describe(
      "Country of the stand-in address of orders that name none; for trying a shop out.",
    ),
});
