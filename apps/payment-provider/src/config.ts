import { logLevels } from "@cartwright/observability/logger";
import { z } from "zod";

const millisecondsFrom = z.coerce.number().int().nonnegative();

/** The provider's environment variables. */
export const paymentProviderConfig = z.object({
  /** How long a delayed authorization stays pending. */
  PROVIDER_DELAY_MS: millisecondsFrom.default(3_000),
  /** How long the answer is held back that is to come too late. */
  PROVIDER_LATE_ANSWER_MS: millisecondsFrom.default(10_000),
  /** Added to every answer, as a provider far away would. */
  PROVIDER_LATENCY_MS: millisecondsFrom.default(0),
  PROVIDER_WEBHOOK_URL: z
    .url()
    .default("http://127.0.0.1:8080/api/v1/payments/webhooks/simulated"),
  /** Shared with the payment service: `whsec_` and base64. */
  PROVIDER_WEBHOOK_SECRET: z
    .string()
    .regex(/^whsec_[A-Za-z0-9+/]{16,}={0,2}$/)
    .default("whsec_Y2FydHdyaWdodC1kZXZlbG9wbWVudC1vbmx5"),
});
/** All of them, where it has a process to itself. */
export const paymentProviderProcessConfig = paymentProviderConfig.extend({
  /** Connection string of the provider's own role. */
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
  LOG_LEVEL: z.enum(logLevels).default("info"),
  PORT: z.coerce.number().int().min(0).max(65_535).default(8089),
});

export type PaymentProviderConfig = z.output<typeof paymentProviderConfig>;
