import { keptIdle } from "@cartwright/http/kept-connections";
import type { Duration } from "@cartwright/kernel/duration";
import { Refusal } from "@cartwright/kernel/refusal";
import type { Request, Response } from "express";
import { createProxyMiddleware, type Options } from "http-proxy-middleware";
import { Agent } from "node:http";

const MAX_CONNECTIONS = 256;

/** What the client's hanging up is recorded as: no fault of the service. */
const CLIENT_GONE = 499;

type Pending = {
  readonly begun: (status: number) => void;
  readonly failed: (error: Error) => void;
};

/**
 * Proxies to a URL over kept connections; resolves with the status as soon as the answer begins. Reads are asked once
 * more when a connection breaks before that: another process of the service may be there.
 */
export function proxyTo(url: string, deadline: Duration) {
  const pending = new WeakMap<object, Pending>();
  const proxy = createProxyMiddleware<Request, Response>({
    target: url,
    xfwd: true,
    agent: new Agent({
      keepAlive: true,
      maxSockets: MAX_CONNECTIONS,
      timeout: keptIdle,
    }),
    ejectPlugins: true,
    plugins: [reportTo(pending)],
  });
  return (request: Request, response: Response): Promise<number> =>
    new Promise((resolve, reject) => {
      const settled = () => {
        clearTimeout(timer);
        pending.delete(request);
      };
      const begun = (status: number) => {
        settled();
        resolve(status);
      };
      let retry = retryOf(request);
      const failed = (error: Error) => {
        if (retry && isBroken(error)) {
          retry();
          retry = undefined;
          return void proxy(request, response);
        }
        settled();
        reject(error);
      };
      const timer = setTimeout(() => failed(overdue()), deadline);
      pending.set(request, { begun, failed });
      response.once("close", () => begun(CLIENT_GONE));
      void proxy(request, response);
    });
}

/** What makes a read as it came, for a second try; undefined where a second try might do something twice. */
function retryOf(request: Request): (() => void) | undefined {
  const { method, headers } = request;
  const hasBody = "content-length" in headers || "transfer-encoding" in headers;
  if ((method !== "GET" && method !== "HEAD") || hasBody) return undefined;
  const asItCame = { ...headers }; // proxying adds to those that tell where it came from
  return () => (request.headers = asItCame);
}

const isBroken = ({ code = "" }: NodeJS.ErrnoException): boolean =>
  ["ECONNRESET", "ECONNREFUSED", "EPIPE"].includes(code);

const overdue = (): Refusal =>
  new Refusal(
    "deadline-exceeded",
    "The answer took too long. What was asked for may yet happen.",
  );

type Plugin = NonNullable<Options<Request, Response>["plugins"]>[number];

/** An answer that nobody waits for any more is dropped, so that its connection is free again. */
const reportTo =
  (pending: WeakMap<object, Pending>): Plugin =>
  (proxy) => {
    proxy.on("proxyRes", (answer, request) => {
      const waiting = pending.get(request);
      if (waiting) waiting.begun(answer.statusCode ?? 502);
      else answer.destroy();
    });
    proxy.on("error", (error, request) => {
      if (request) pending.get(request)?.failed(error);
    });
  };
