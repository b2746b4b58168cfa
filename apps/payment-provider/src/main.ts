import { openDatabase } from "@cartwright/database/open-database";
import { systemClock } from "@cartwright/kernel/clock";
import { createLogger, logLevels } from "@cartwright/observability/logger";
import { loadConfig } from "@cartwright/service/load-config";
import { runParts } from "@cartwright/service/run-parts";
import { z } from "zod";
import { paymentProviderConfig } from "./config.ts";
import { paymentProvider } from "./payment-provider.ts";

const config = loadConfig(
  paymentProviderConfig.extend({
    /** Connection string of the provider's own role. */
    DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
    LOG_LEVEL: z.enum(logLevels).default("info"),
    PORT: z.coerce.number().int().min(0).max(65_535).default(8089),
  }),
);
const { DATABASE_URL: url, LOG_LEVEL: level, PORT: port } = config;
const logger = createLogger({ service: "payment-provider", level });
const db = openDatabase({ url, schema: "payment_provider", maxConnections: 4 });
const provider = paymentProvider({
  db,
  clock: systemClock,
  logger,
  config,
  port,
});

await runParts([db, ...provider.parts], {
  logger,
  onStarted: () => logger.info("ready", { url: provider.url() }),
});
