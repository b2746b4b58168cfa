import { database } from "@cartwright/app-all-in-one/database";
import { freePort } from "@cartwright/app-all-in-one/free-port";
import { inParallel } from "@cartwright/app-all-in-one/in-parallel";
import { createLogger } from "@cartwright/observability/logger";
import { loadConfig } from "@cartwright/service/load-config";
import { runParts } from "@cartwright/service/run-parts";
import { parseArgs } from "node:util";
import { startKafkaConfig } from "./start-kafka/config.ts";
import { kafka } from "./start-kafka/kafka.ts";
import { nineProcesses } from "./start-kafka/nine-processes.ts";
import { oneProcess } from "./start-kafka/one-process.ts";
import { say } from "./start-kafka/say.ts";

/** The platform over a real Kafka on this machine, in nine processes or, with `--processes 1`, in one. */
const { values } = parseArgs({
  options: { processes: { type: "string", default: "9" } },
});
if (values.processes !== "9" && values.processes !== "1") {
  console.error("--processes is 9, one for each service, or 1 for all.");
  process.exit(1);
}

const config = loadConfig(startKafkaConfig);
const logger = createLogger({ service: "start", level: config.LOG_LEVEL });
const { parts, adminUrl } = database(config, say);
const broker = kafka(config, logger);
const surroundings = { config, adminUrl, brokers: broker.brokers };

await runParts(
  [
    freePort(config.PORT),
    inParallel("database and broker", [parts, broker.parts], logger),
    ...(values.processes === "9"
      ? nineProcesses(surroundings)
      : oneProcess(surroundings)),
  ],
  {
    logger,
    onFailure: (error) =>
      console.error(error instanceof Error ? error.message : String(error)),
    onStopping: () => say("Stopping…"),
  },
);
