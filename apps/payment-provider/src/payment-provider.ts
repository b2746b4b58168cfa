import type { Database } from "@cartwright/database/open-database";
import { httpServer } from "@cartwright/http/server";
import type { Clock } from "@cartwright/kernel/clock";
import type { Part } from "@cartwright/kernel/part";
import type { Logger } from "@cartwright/observability/logger";
import type { PaymentProviderConfig } from "./config.ts";
import {
  overHttp,
  providerApp,
  type ProviderApp,
} from "./http/provider-app.ts";
import { operationsOf } from "./operations.ts";
import { webhookSender } from "./webhooks/webhook-sender.ts";

export type PaymentProvider = {
  /** In the order they start in, behind their database. */
  readonly parts: readonly Part[];
  /** Where it answers, once started. */
  url(): string;
  /** The same without HTTP, for a caller in this process. */
  readonly app: ProviderApp;
};

/**
 * A payment provider as it would stand elsewhere: own database role, own commits, own ledger,
 * reached by its API only. What it has answered holds, whatever becomes of the caller.
 */
export function paymentProvider(options: {
  readonly db: Database;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly config: PaymentProviderConfig;
  readonly port: number;
}): PaymentProvider {
  const { db, clock, logger, config, port } = options;
  const carryOut = operationsOf({ db, clock, delay: config.PROVIDER_DELAY_MS });
  const sender = webhookSender({
    db,
    logger,
    url: config.PROVIDER_WEBHOOK_URL,
    secret: config.PROVIDER_WEBHOOK_SECRET,
  });
  const app = providerApp({
    db,
    logger,
    latency: config.PROVIDER_LATENCY_MS,
    lateAnswer: config.PROVIDER_LATE_ANSWER_MS,
    carryOut: async (operation) => {
      const result = await carryOut(operation);
      if (result.authorization?.settlesAt) sender.wake();
      return result;
    },
  });
  const server = httpServer({ app: overHttp(app), port, logger });
  return {
    app,
    parts: [sender, { ...server, name: "payment provider" }],
    url: () => `http://127.0.0.1:${server.port()}`,
  };
}
