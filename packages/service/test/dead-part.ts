import { createLogger } from "@cartwright/observability/logger";
import { runParts } from "@cartwright/service/run-parts";

/** A process that writes more than a pipe holds, and one of whose parts is dead from the beginning. */
const logger = createLogger({ service: "test", level: "info" });
await runParts(
  [
    { name: "database" },
    {
      name: "consumer",
      health: () => ({ status: "dead", detail: "nothing fetched for 60 s" }),
      async stop() {
        await Promise.resolve();
        for (let line = 0; line < 2_000; line += 1)
          logger.info("stopping", { line, padding: "x".repeat(200) });
        logger.info("stopped");
      },
    },
  ],
  { logger, lookEvery: 10 },
);
