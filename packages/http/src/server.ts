import { seconds, type Duration } from "@cartwright/kernel/duration";
import type { Part } from "@cartwright/kernel/part";
import type { Logger } from "@cartwright/observability/logger";
import { once } from "node:events";
import {
  createServer,
  type RequestListener,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { setSecurityHeaders } from "./security-headers.ts";

type HttpServerOptions = {
  readonly app: RequestListener;
  /** 0 takes any free one. */
  readonly port: number;
  readonly host?: string;
  readonly logger: Logger;
  /** How long requests in hand may take to end once the server stops. */
  readonly drain?: Duration;
};

export type HttpServer = Part & {
  /** Where it listens, once started. */
  port(): number;
};

/** Serves an app over HTTP. Stopping lets requests in hand end, ends event streams, then cuts what is left. */
export function httpServer(options: HttpServerOptions): HttpServer {
  const { app, host, port, logger, drain = seconds(10) } = options;
  const inHand = new Set<ServerResponse>();
  let stopping = false;
  const server = createServer((request, response) => {
    inHand.add(response);
    response.once("close", () => {
      inHand.delete(response);
      if (stopping) setImmediate(() => server.closeIdleConnections());
    });
    setSecurityHeaders(response);
    app(request, response);
  });
  limitTimes(server);
  return {
    name: "http",
    port: () => (server.address() as AddressInfo).port,
    start: async () => {
      await listening(server, port, host);
      logger.debug("listening", {
        port: (server.address() as AddressInfo).port,
      });
    },
    stop: async () => {
      stopping = true;
      const closed = once(server, "close");
      server.close();
      server.closeIdleConnections();
      for (const response of inHand) if (isStream(response)) response.end();
      const cut = setTimeout(() => server.closeAllConnections(), drain);
      await closed;
      clearTimeout(cut);
    },
  };
}

const isStream = (response: ServerResponse): boolean =>
  response.getHeader("content-type") === "text/event-stream";

/** Slow senders are let go; idle connections outlive those of the gateway's agent, which closes first. */
function limitTimes(server: Server): void {
  server.headersTimeout = seconds(10);
  server.requestTimeout = seconds(30);
  server.keepAliveTimeout = seconds(65);
}

async function listening(
  server: Server,
  port: number,
  host: string | undefined,
): Promise<void> {
  try {
    server.listen({ port, ...(host && { host }) });
    await once(server, "listening");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
    throw new Error(`Port ${port} is already taken by another process.`, {
      cause: error,
    });
  }
}
