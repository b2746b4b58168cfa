import type { Cause } from "@cartwright/contracts/message";
import { serviceNames, type ServiceName } from "@cartwright/contracts/services";
import { seconds } from "@cartwright/kernel/duration";
import { Refusal } from "@cartwright/kernel/refusal";
import { shownExchange } from "@cartwright/observability/exchange";
import { histogram, secondsSince } from "@cartwright/observability/metrics";
import type { Tracing } from "@cartwright/observability/tracing";
import type { z } from "zod";
import { breakerOptions, loadBreaker, showBreaker } from "./breaker.ts";
import {
  httpTransport,
  type IncomingAnswer,
  type OutgoingRequest,
  type Transport,
} from "./http-transport.ts";

export type CallOptions<Schema extends z.ZodType> = {
  /** What the answer must look like. */
  readonly schema: Schema;
  readonly cause: Cause;
  /** Of the request in hand. A call takes five seconds at most in any case. */
  readonly signal?: AbortSignal;
};

/** Asks another service. Its refusals come back as they are; `<service>-unavailable` when it does not answer. */
export type ServiceClient = {
  get<Schema extends z.ZodType>(
    path: string,
    options: CallOptions<Schema>,
  ): Promise<z.output<Schema>>;
  post<Schema extends z.ZodType>(
    path: string,
    body: unknown,
    options: CallOptions<Schema>,
  ): Promise<z.output<Schema>>;
};

export type ServiceClients = Readonly<Record<ServiceName, ServiceClient>>;

type ServiceClientsOptions = {
  /** The service that asks. */
  readonly caller: string;
  readonly urls: Readonly<Record<ServiceName, string>>;
  /** The token to show, for instance by `clientCredentials`. */
  readonly token: () => Promise<string>;
  readonly tracing?: Tracing;
};

export function serviceClients(options: ServiceClientsOptions): ServiceClients {
  const { caller, urls, token, tracing } = options;
  const clients = serviceNames.map((name) => [
    name,
    serviceClient({
      ...{ caller, name, token },
      transport: httpTransport(urls[name]),
      ...(tracing && { shown: { tracing, origin: () => urls[name] } }),
    }),
  ]);
  return Object.fromEntries(clients) as ServiceClients;
}

const DEADLINE = seconds(5);

type ServiceClientOptions = {
  /** The service that asks, and the one that is asked. */
  readonly caller: string;
  readonly name: string;
  readonly transport: Transport;
  readonly token: () => Promise<string>;
  /** Where its requests show, and where they go. */
  readonly shown?: {
    readonly tracing: Tracing;
    readonly origin: () => string;
  };
};

type Asked = Pick<OutgoingRequest, "method" | "path" | "body" | "signal"> & {
  readonly authorization: string;
  readonly cause: Cause;
};

/** Opens nothing before it is first used. */
export function serviceClient(options: ServiceClientOptions): ServiceClient {
  const { caller, name, token } = options;
  let breaker: ReturnType<typeof guard> | undefined;

  const call = async <Schema extends z.ZodType>(
    request: Pick<OutgoingRequest, "method" | "path" | "body">,
    { schema, cause, signal }: CallOptions<Schema>,
  ): Promise<z.output<Schema>> => {
    breaker ??= guard(exchanging(options), { from: caller, to: name });
    const opened = await breaker;
    const authorization = `Bearer ${await token()}`;
    const deadline = AbortSignal.timeout(DEADLINE);
    const between = { service: caller, peer_service: name };
    const measure = measuring(between, cause.traceparent);
    const answer = await opened
      .fire({
        ...request,
        ...{ cause, authorization },
        signal: signal ? AbortSignal.any([signal, deadline]) : deadline,
      })
      .catch((error: unknown) => {
        measure(isRefusedByBreaker(error) ? "refused" : "failed");
        throw unavailable(name, error);
      });
    measure("answered");
    return read(name, answer, schema);
  };

  return {
    get: (path, callOptions) => call({ method: "GET", path }, callOptions),
    post: (path, body, callOptions) =>
      call({ method: "POST", path, body: JSON.stringify(body) }, callOptions),
  };
}

/** Asks, and takes what is no answer for a failure. */
const exchanging =
  ({ name, transport, shown }: ServiceClientOptions) =>
  async ({ cause, authorization, ...request }: Asked) => {
    const { method, path } = request;
    const url = () => new URL(path, shown?.origin()).href;
    const answer = await shownExchange(
      { tracing: shown?.tracing, cause, method, url },
      (handedOn = cause) =>
        transport({
          ...request,
          headers: { ...headersOf(handedOn), authorization },
        }),
    );
    if (answer.status < 500) return answer;
    throw new Error(`The ${name} service answered ${answer.status}.`);
  };

/** A caller who has gone is no fault of the service. */
async function guard(
  exchange: (request: Asked) => Promise<IncomingAnswer>,
  between: Parameters<typeof showBreaker>[1],
) {
  const Breaker = await loadBreaker();
  const breaker = new Breaker(exchange, {
    ...breakerOptions,
    errorFilter: (error: unknown) =>
      error instanceof Refusal && error.code === "request-aborted",
  });
  showBreaker(breaker, between);
  return breaker;
}

const isRefusedByBreaker = (error: unknown): boolean =>
  error instanceof Error && "code" in error && error.code === "EOPENBREAKER";

const durations = histogram("http_client_request_duration_seconds");

function measuring(
  between: { readonly service: string; readonly peer_service: string },
  traceparent: string | undefined,
) {
  const begun = performance.now();
  return (outcome: "answered" | "failed" | "refused") =>
    durations.observe(
      secondsSince(begun),
      { ...between, outcome },
      traceparent,
    );
}

const headersOf = ({ correlationId, traceparent }: Cause) => ({
  "content-type": "application/json",
  "x-correlation-id": correlationId,
  ...(traceparent && { traceparent }),
});

function read<Schema extends z.ZodType>(
  name: string,
  { status, text }: IncomingAnswer,
  schema: Schema,
): z.output<Schema> {
  const body = jsonOf(text);
  if (status >= 400) throw refusalOf(status, body);
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw unavailable(name, parsed.error);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function refusalOf(status: number, problem: unknown): Refusal {
  const { code, detail } = {
    ...(problem as { code?: unknown; detail?: unknown }),
  };
  return new Refusal(
    typeof code === "string" ? code : "conflict",
    typeof detail === "string" ? detail : `The answer was ${status}.`,
  );
}

function unavailable(name: string, cause: unknown): Refusal {
  if (cause instanceof Refusal) return cause;
  return new Refusal(
    `${name}-unavailable`,
    `The ${name} service does not answer right now.`,
    {},
    { cause },
  );
}
