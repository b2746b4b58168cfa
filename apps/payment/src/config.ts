import { withKnownDefault } from "@cartwright/service/known-secret";
import { z } from "zod";

const positive = z.coerce.number().int().positive();

export const paymentConfig = z.object({
  PAYMENT_PROVIDER_URL: z
    .url()
    .default("http://127.0.0.1:8089")
    .describe("Where the payment provider answers."),
  PAYMENT_PROVIDER_TIMEOUT_MS: positive
    .default(3_000)
    .describe("A call without an answer by then is looked up later."),
  PAYMENT_PROVIDER_CONCURRENCY: positive
    .max(1_000)
    .default(64)
    .describe("Calls to the provider under way at a time."),
  PROVIDER_WEBHOOK_SECRET: withKnownDefault(
    z
      .string()
      .regex(
        /^whsec_[A-Za-z0-9+/]{16,}={0,2}( whsec_[A-Za-z0-9+/]{16,}={0,2})?$/,
      ),
    "whsec_Y2FydHdyaWdodC1kZXZlbG9wbWVudC1vbmx5",
  ).describe(
    "Signs the provider's webhooks: `whsec_` and base64; two, with a space between, while it changes. The default is refused in production.",
  ),
});

export type PaymentConfig = z.output<typeof paymentConfig>;
