import type { Part } from "@cartwright/kernel/part";
import type { Logger } from "@cartwright/observability/logger";
import { startParts, type Running } from "@cartwright/service/run-parts";
import type { AllInOneConfig } from "./config.ts";
import type { Say } from "./database.ts";

export type ShopOptions = {
  readonly config: AllInOneConfig;
  readonly logger: Logger;
  readonly adminUrl: () => string;
  readonly say: Say;
};

/** Everything that needs the database. Its code is loaded while the database starts. */
export function shop(options: ShopOptions): Part {
  const { logger, say } = options;
  const loading = import("./compose.ts");
  loading.catch(() => undefined); // its failure is that of the start
  let running: Running | undefined;
  return {
    name: "shop",
    async start() {
      const { compose } = await loading;
      say("Starting the services");
      running = await startParts(await compose(options), logger);
    },
    stop: async () => running?.stop(),
    health: async () => (await running?.health()) ?? { status: "up" },
  };
}
