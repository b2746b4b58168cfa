import type { Pool } from "undici";
import { keptIdle } from "./kept-connections.ts";

export type OutgoingRequest = {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
};

export type IncomingAnswer = { readonly status: number; readonly text: string };

/** Takes a request somewhere; rejects when there is no answer. */
export type Transport = (request: OutgoingRequest) => Promise<IncomingAnswer>;

const LONGEST_ANSWER = 4 * 1_048_576;
const CONNECTIONS = 16;

/** Keep-alive HTTP by undici, which is loaded with the first request. */
export function httpTransport(origin: string): Transport {
  let pool: Promise<Pool> | undefined;
  return async (request) => {
    pool ??= openPool(origin);
    const { statusCode, body } = await (await pool).request(request);
    return { status: statusCode, text: await body.text() };
  };
}

async function openPool(origin: string): Promise<Pool> {
  const undici = (await import("undici")).default; // all that a bundle of it has
  return new undici.Pool(origin, {
    connections: CONNECTIONS,
    maxResponseSize: LONGEST_ANSWER,
    keepAliveTimeout: keptIdle,
    keepAliveMaxTimeout: keptIdle, // whatever the server offers
    connect: { timeout: 2_000 },
  });
}
