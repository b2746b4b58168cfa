import { httpServer } from "@cartwright/http/server";
import type { Part } from "@cartwright/kernel/part";
import { countersAsText } from "@cartwright/observability/counters";
import type { Logger } from "@cartwright/observability/logger";
import type { AllInOneConfig } from "./config.ts";

/** What all services of this process have counted, on a port of its own that the gateway knows nothing of. */
export function metrics(
  { METRICS_PORT: port }: AllInOneConfig,
  logger: Logger,
): readonly Part[] {
  if (port === undefined) return [];
  const server = httpServer({
    app: (request, response) => {
      const found = request.url === "/metrics";
      response.writeHead(found ? 200 : 404, {
        "content-type": "text/plain; version=0.0.4",
      });
      response.end(found ? countersAsText() : "");
    },
    port,
    host: "127.0.0.1",
    logger,
  });
  return [{ ...server, name: "metrics" }];
}
