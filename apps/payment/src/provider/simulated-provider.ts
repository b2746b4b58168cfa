import type { Cause } from "@cartwright/contracts/message";
import { seconds } from "@cartwright/kernel/duration";
import type { Part } from "@cartwright/kernel/part";
import { shownExchange } from "@cartwright/observability/exchange";
import type { Tracing } from "@cartwright/observability/tracing";
import type { Pool } from "undici";
import { z } from "zod";
import type { Authorization, PaymentProvider } from "./payment-provider.ts";

const authorization = z.object({
  key: z.string(),
  status: z.enum([
    "pending",
    "authorized",
    "declined",
    "captured",
    "voided",
    "refunded",
  ]),
  declineCode: z.string().optional(),
  captureDeclineCode: z.string().optional(),
});

/** A refused operation shows what is held. */
const refusal = z.object({ authorization });

export type ProviderRequest = {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly signal: AbortSignal;
  readonly cause?: Cause | undefined;
  /** The `Idempotency-Key`. */
  readonly key?: string;
  readonly body?: unknown;
};

/** `body` is parsed JSON. */
export type ProviderAnswer = {
  readonly status: number;
  readonly body: unknown;
};

/** The simulated provider behind its API, wherever `send` takes the requests. */
export function simulatedProvider(
  send: (request: ProviderRequest) => Promise<ProviderAnswer>,
): PaymentProvider {
  const operate =
    (action: "capture" | "void" | "refund") =>
    async (key: string, signal: AbortSignal, cause?: Cause) =>
      held(
        await send({
          method: "POST",
          path: `${pathOf(key)}/${action}`,
          ...{ signal, cause },
        }),
      );
  return {
    async authorize(request, signal, cause) {
      const { key, reference, amount, paymentToken: token } = request;
      const body = { reference, amount, token };
      const post = { method: "POST", path: "/authorizations" } as const;
      return held(await send({ ...post, key, body, signal, cause }));
    },
    async find(key, signal, cause) {
      const get = { method: "GET", path: pathOf(key) } as const;
      const answer = await send({ ...get, signal, cause });
      return answer.status === 404 ? undefined : held(answer);
    },
    capture: operate("capture"),
    void: operate("void"),
    refund: operate("refund"),
  };
}

/** The simulated provider over HTTP. `connections` bounds the calls in flight. */
export function remoteProvider(options: {
  readonly url: string;
  readonly connections: number;
  readonly tracing?: Tracing;
}): PaymentProvider & Part {
  const { url: origin, tracing } = options;
  let pool: Promise<Pool> | undefined;
  return {
    name: "payment provider client",
    ...simulatedProvider(({ cause, ...request }) => {
      const { method, path } = request;
      const url = () => new URL(path, origin).href;
      return shownExchange({ tracing, cause, method, url }, async () =>
        exchange(await (pool ??= openPool(options)), request),
      );
    }),
    stop: async () => (await pool)?.close(),
  };
}

const pathOf = (key: string): string =>
  `/authorizations/${encodeURIComponent(key)}`;

/** Loaded with the first call: it takes time and memory that a service at rest can save. */
async function openPool({
  url,
  connections,
}: {
  url: string;
  connections: number;
}) {
  const undici = (await import("undici")).default; // all that a bundle of it has
  return new undici.Pool(url, {
    connections,
    connect: { timeout: seconds(2) },
    maxResponseSize: 65_536,
  });
}

async function exchange(
  pool: Pool,
  { method, path, signal, key, body }: ProviderRequest,
): Promise<ProviderAnswer> {
  const { statusCode, body: answer } = await pool.request({
    method,
    path,
    signal,
    headers: {
      ...(key !== undefined && { "idempotency-key": key }),
      ...(body !== undefined && { "content-type": "application/json" }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: statusCode, body: JSON.parse(await answer.text()) };
}

function held({ status, body }: ProviderAnswer): Authorization {
  if (status === 200 || status === 201) return authorization.parse(body);
  if (status === 409) return refusal.parse(body).authorization;
  throw new Error(`The payment provider answered ${status}.`);
}
