import { seconds, type Duration } from "@cartwright/kernel/duration";
import { Refusal } from "@cartwright/kernel/refusal";
import type { Request, Response } from "express";
import { createProxyMiddleware, type Options } from "http-proxy-middleware";
import { Agent } from "node:http";

/** Below the 65 s after which a service closes an idle connection: the gateway must close it first. */
const IDLE = seconds(60);
const MAX_CONNECTIONS = 256;

/** What the client's hanging up is recorded as: no fault of the service. */
const CLIENT_GONE = 499;

type Pending = {
  readonly begun: (status: number) => void;
  readonly failed: (error: Error) => void;
};

/** Proxies to a URL over kept connections; resolves with the status as soon as the answer begins. */
export function proxyTo(url: string, deadline: Duration) {
  const pending = new WeakMap<object, Pending>();
  const proxy = createProxyMiddleware<Request, Response>({
    target: url,
    xfwd: true,
    agent: new Agent({
      keepAlive: true,
      maxSockets: MAX_CONNECTIONS,
      timeout: IDLE,
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
      const failed = (error: Error) => {
        settled();
        reject(error);
      };
      const timer = setTimeout(() => failed(overdue()), deadline);
      pending.set(request, { begun, failed });
      response.once("close", () => begun(CLIENT_GONE));
      void proxy(request, response);
    });
}

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
