import {
  breakerOptions,
  loadBreaker,
  showBreaker,
} from "@cartwright/http/breaker";
import type { HealthReport } from "@cartwright/http/health";
import type { OpenApi } from "@cartwright/http/openapi";
import { seconds, type Duration } from "@cartwright/kernel/duration";
import type { Request, Response } from "express";
import { proxyTo } from "./proxy.ts";
import type { Upstream } from "./upstream.ts";

type HttpUpstream = {
  readonly name: string;
  readonly url: string;
  /** An answer has to begin within this. */
  readonly deadline?: Duration;
};

const ASKING = seconds(2);

/** A service elsewhere: requests go through a keep-alive proxy, behind a breaker. */
export function httpUpstream(options: HttpUpstream): Upstream {
  const { name, url, deadline = seconds(30) } = options;
  const proxy = proxyTo(url, deadline);
  let breaker: ReturnType<typeof guard> | undefined;
  return {
    forward: async (request, response) => {
      breaker ??= guard(proxy, name);
      try {
        await (await breaker).fire(request, response);
      } catch (error) {
        if (!response.headersSent) throw error;
      }
    },
    health: () => healthAt(url),
    openApi: async () => (await ask(`${url}/openapi.json`)) as OpenApi,
  };
}

/** Answers above 500 reach the client as they are, yet count as failures; those below 500 never do. */
async function guard(proxy: ReturnType<typeof proxyTo>, name: string) {
  const Breaker = await loadBreaker();
  const forward = async (request: Request, response: Response) => {
    const status = await proxy(request, response);
    if (status >= 500) throw new Error(`The service answered ${status}.`);
  };
  const breaker = new Breaker(forward, breakerOptions);
  showBreaker(breaker, { from: "gateway", to: name });
  return breaker;
}

async function healthAt(url: string): Promise<HealthReport> {
  try {
    return (await ask(`${url}/health/ready`)) as HealthReport;
  } catch {
    const http = { status: "failing", detail: "does not answer" } as const;
    return { status: "failing", parts: { http } };
  }
}

async function ask(url: string): Promise<unknown> {
  const signal = AbortSignal.timeout(ASKING);
  return (await fetch(url, { signal })).json();
}
