import { openDatabase } from "@cartwright/database/open-database";
import { systemClock } from "@cartwright/kernel/clock";
import { createLogger } from "@cartwright/observability/logger";
import { loadConfig } from "@cartwright/service/load-config";
import { runParts } from "@cartwright/service/run-parts";
import { paymentProviderProcessConfig } from "./config.ts";
import { paymentProvider } from "./payment-provider.ts";

const config = loadConfig(paymentProviderProcessConfig);
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
