import { paymentProviderConfig } from "@cartwright/app-payment-provider/config";
import { paymentProvider } from "@cartwright/app-payment-provider/payment-provider";
import type { Database } from "@cartwright/database/open-database";
import { systemClock } from "@cartwright/kernel/clock";
import type { Part } from "@cartwright/kernel/part";
import type { Logger } from "@cartwright/observability/logger";
import { parseConfig } from "@cartwright/service/load-config";
import type { AllInOneConfig } from "./config.ts";

/** The simulated payment provider: in this process, yet reached over HTTP like one far away. */
export function provider(options: {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly config: AllInOneConfig;
  readonly db: Database;
  readonly logger: Logger;
}): readonly Part[] {
  const { environment, db, logger } = options;
  const { PROVIDER_PORT: port } = options.config;
  const config = parseConfig(paymentProviderConfig, environment);
  const { parts } = paymentProvider({
    db,
    clock: systemClock,
    logger,
    config,
    port,
  });
  return [db, ...parts];
}
