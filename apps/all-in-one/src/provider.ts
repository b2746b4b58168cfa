import { paymentProviderConfig } from "@cartwright/app-payment-provider/config";
import { paymentProvider } from "@cartwright/app-payment-provider/payment-provider";
import { openProvider } from "@cartwright/app-payment/payment-service";
import { simulatedProvider } from "@cartwright/app-payment/provider/simulated-provider";
import type { Database } from "@cartwright/database/open-database";
import { systemClock } from "@cartwright/kernel/clock";
import type { Part } from "@cartwright/kernel/part";
import type { Logger } from "@cartwright/observability/logger";
import { parseConfig } from "@cartwright/service/load-config";
import type { AllInOneConfig } from "./config.ts";

/**
 * The simulated payment provider: in this process, with a database role and commits of its own. It
 * answers over HTTP too; the payment service of this process is spared that way, unless it is told
 * of a provider elsewhere.
 */
export function provider(options: {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly config: AllInOneConfig;
  readonly db: Database;
  readonly logger: Logger;
}): { readonly parts: readonly Part[]; readonly open: typeof openProvider } {
  const { environment, db, logger } = options;
  const { PROVIDER_PORT: port } = options.config;
  const config = parseConfig(paymentProviderConfig, environment);
  const { parts, app } = paymentProvider({
    db,
    clock: systemClock,
    logger,
    config,
    port,
  });
  const inProcess = {
    name: "payment provider client",
    ...simulatedProvider(({ body, cause: _, ...request }) =>
      app({ ...request, body: () => body }),
    ),
  };
  return {
    parts: [db, ...parts],
    open: process.env.PAYMENT_PROVIDER_URL ? openProvider : () => inProcess,
  };
}
