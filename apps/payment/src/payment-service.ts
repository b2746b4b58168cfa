import type { Part } from "@cartwright/kernel/part";
import type { Tracing } from "@cartwright/observability/tracing";
import { defineService } from "@cartwright/service/service";
import { refundsBy } from "./commands/refund-payment.ts";
import { paymentConfig, type PaymentConfig } from "./config.ts";
import { onPaymentCommands } from "./consumers/on-payment-commands.ts";
import { paymentReader } from "./db/payment-reader.ts";
import { decidingOn } from "./decide-all.ts";
import { readPaymentsRoutes } from "./http/read-payments.routes.ts";
import { refundPaymentRoute } from "./http/refund-payment.route.ts";
import { webhookRoute } from "./http/webhook.route.ts";
import { paymentAttempts } from "./payment-attempts.ts";
import type { PaymentProvider } from "./provider/payment-provider.ts";
import { remoteProvider } from "./provider/simulated-provider.ts";

/** Moves the buyers' money: held, taken or given back, each of them once. */
export const paymentWith = (
  open: (config: PaymentConfig, tracing?: Tracing) => PaymentProvider & Part,
) =>
  defineService({
    name: "payment",
    config: paymentConfig,
    create: ({ db, outbox, clock, logger, tracing }, config) => {
      const provider = open(config, tracing);
      const attempts = paymentAttempts({
        db,
        logger,
        tracing,
        provider,
        concurrency: config.PAYMENT_PROVIDER_CONCURRENCY,
        timeout: config.PAYMENT_PROVIDER_TIMEOUT_MS,
        decideAll: (tx, matters) => decideAll(tx, matters),
      });
      const decideAll = decidingOn({ outbox, clock, attempts });
      const secrets = { simulated: config.PROVIDER_WEBHOOK_SECRET.split(" ") };
      return {
        routes: [
          ...readPaymentsRoutes(paymentReader(db)),
          refundPaymentRoute({ db, refundPayment: refundsBy(decideAll) }),
          webhookRoute({ db, attempts, clock, secrets }),
        ],
        refusals: {
          "not-captured": 409,
          "given-back-already": 409,
          "webhook-not-signed": 401,
          "webhook-stale": 401,
          "webhook-forged": 401,
        },
        handlers: [onPaymentCommands(decideAll)],
        parts: [provider, attempts],
      };
    },
  });

/** The provider that the environment names. */
export const openProvider = (
  config: PaymentConfig,
  tracing?: Tracing,
): PaymentProvider & Part =>
  remoteProvider({
    url: config.PAYMENT_PROVIDER_URL,
    connections: config.PAYMENT_PROVIDER_CONCURRENCY,
    ...(tracing && { tracing }),
  });

export const paymentService = paymentWith(openProvider);
