import { startLogExport } from "@cartwright/observability/log-export";
import { createLogger } from "@cartwright/observability/logger";
import { loadConfig } from "@cartwright/service/load-config";
import { runParts } from "@cartwright/service/run-parts";
import { styleText } from "node:util";
import { allInOneConfig } from "./config.ts";
import { database } from "./database.ts";
import { freePort } from "./free-port.ts";
import { shop } from "./shop.ts";

const config = loadConfig(allInOneConfig);
const logs = await startLogExport(config.OTEL_EXPORTER_OTLP_ENDPOINT);
const logger = createLogger({
  ...{ service: "cartwright", level: config.LOG_LEVEL },
  exported: logs,
});

const begun = performance.now();
const say = (sentence: string) => {
  const at = `${((performance.now() - begun) / 1_000).toFixed(1)} s`;
  console.log(`${styleText("dim", at.padStart(6))}  ${sentence}`);
};

const { parts, adminUrl } = database(config, say);
await runParts(
  [
    logs,
    freePort(config.PORT),
    ...parts,
    shop({ config, logger, adminUrl, say }),
  ],
  {
    logger,
    onFailure: (error) =>
      console.error(error instanceof Error ? error.message : String(error)),
    onStopping: () => say("Stopping…"),
  },
);
