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
import { setTimeout as sleep } from "node:timers/promises";
import { setSecurityHeaders } from "./security-headers.ts";

type HttpServerOptions = {
  readonly app: RequestListener;
  /** 0 takes any free one. */
  readonly port: number;
  readonly host?: string;
  readonly logger: Logger;
  /**
   * How long it goes on answering once it is told to stop, but is not ready any more and keeps no connection:
   * whoever shares out requests has to notice first. 0 unless given.
   */
  readonly linger?: Duration;
  /** How long requests in hand may take to end after that. */
  readonly drain?: Duration;
};

export type HttpServer = Part & {
  /** Where it listens, once started. */
  port(): number;
};

/**
 * Serves an app over HTTP. Stopping sends newcomers elsewhere, lets requests in hand end, ends event streams,
 * then cuts what is left.
 */
export function httpServer(options: HttpServerOptions): HttpServer {
  const { app, host, port, logger, linger = 0, drain = seconds(10) } = options;
  const inHand = new Set<ServerResponse>();
  let leaving = false;
  let stopping = false;
  const server = createServer((request, response) => {
    inHand.add(response);
    response.once("close", () => {
      inHand.delete(response);
      if (stopping) setImmediate(() => server.closeIdleConnections());
    });
    setSecurityHeaders(response);
    if (leaving) sayGoodbye(response);
    if (leaving && request.url === "/health/ready") notReady(response);
    else app(request, response);
  });
  limitTimes(server);
  const portOf = () => (server.address() as AddressInfo).port;
  return {
    name: "http",
    port: portOf,
    start: async () => {
      await listening(server, port, host);
      logger.debug("listening", { port: portOf() });
    },
    stop: async () => {
      leaving = true;
      for (const response of inHand) sayGoodbye(response);
      if (linger > 0) await sleep(linger);
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

/** The caller closes the connection after the answer: it never sends a request into one that we are closing. */
const sayGoodbye = (response: ServerResponse): void =>
  void (response.shouldKeepAlive = false);

function notReady(response: ServerResponse): void {
  response.writeHead(503, { "content-type": "application/json" });
  response.end(JSON.stringify({ status: "stopping", parts: {} }));
}

const isStream = (response: ServerResponse): boolean =>
  response.getHeader("content-type") === "text/event-stream";

/** Slow senders are let go; idle connections are kept longer than by any caller of ours or balancer, which closes first. */
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
