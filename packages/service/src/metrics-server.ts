import { httpServer, type HttpServer } from "@cartwright/http/server";
import type { Logger } from "@cartwright/observability/logger";
import { contentType, metricsAsText } from "@cartwright/observability/scrape";
import type { IncomingMessage, ServerResponse } from "node:http";

type Options = {
  /** Nothing is shown without it. */
  readonly port: number | undefined;
  /** All interfaces unless given. */
  readonly host?: string;
  readonly logger: Logger;
};

/** `/metrics` of this process on a port of its own, which nobody outside the cluster is led to. */
export function metricsServer({ port, host, logger }: Options): HttpServer[] {
  if (port === undefined) return [];
  const app = (request: IncomingMessage, response: ServerResponse): void => {
    if (request.url === "/metrics") void show(response);
    else response.writeHead(404).end();
  };
  const server = httpServer({ app, port, logger, ...(host && { host }) });
  return [{ ...server, name: "metrics" }];
}

async function show(response: ServerResponse): Promise<void> {
  const text = await metricsAsText();
  response.writeHead(200, { "content-type": contentType }).end(text);
}
