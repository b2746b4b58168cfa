import { logLevels } from "@cartwright/observability/logger";
import { withKnownDefault } from "@cartwright/service/known-secret";
import { z } from "zod";

const millisecondsFrom = z.coerce.number().int().nonnegative();

/** The provider's environment variables. */
export const paymentProviderConfig = z.object({
  PROVIDER_DELAY_MS: millisecondsFrom
    .default(3_000)
    .describe("How long a delayed authorization stays pending."),
  PROVIDER_LATE_ANSWER_MS: millisecondsFrom
    .default(10_000)
    .describe("How long the answer is held back that is to come too late."),
  PROVIDER_LATENCY_MS: millisecondsFrom
    .default(0)
    .describe("Added to every answer, as a provider far away would."),
  PROVIDER_WEBHOOK_URL: z
    .url()
    .default("http://127.0.0.1:8080/api/v1/payments/webhooks/simulated")
    .describe("Where it sends its webhooks."),
  PROVIDER_WEBHOOK_SECRET: withKnownDefault(
    z.string().regex(/^whsec_[A-Za-z0-9+/]{16,}={0,2}$/),
    "whsec_Y2FydHdyaWdodC1kZXZlbG9wbWVudC1vbmx5",
  ).describe(
    "What it signs its webhooks with, shared with payment: `whsec_` and base64. The default is refused in production.",
  ),
});
/** All of them, where it has a process to itself. */
export const paymentProviderProcessConfig = paymentProviderConfig.extend({
  DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/ })
    .describe("Connection string of the provider's own role."),
  LOG_LEVEL: z
    .enum(logLevels)
    .default("info")
    .describe("Lines below this level are not written."),
  PORT: z.coerce
    .number()
    .int()
    .min(0)
    .max(65_535)
    .default(8089)
    .describe("Where it answers; 0 takes any that is free."),
});

export type PaymentProviderConfig = z.output<typeof paymentProviderConfig>;
