import type { Cause } from "@cartwright/contracts/message";
import { serviceNames, type ServiceName } from "@cartwright/contracts/services";
import { seconds } from "@cartwright/kernel/duration";
import { Refusal } from "@cartwright/kernel/refusal";
import { histogram, secondsSince } from "@cartwright/observability/metrics";
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
};

export function serviceClients(options: ServiceClientsOptions): ServiceClients {
  const { caller, urls, token } = options;
  const clients = serviceNames.map((name) => [
    name,
    serviceClient({
      ...{ caller, name, token },
      transport: httpTransport(urls[name]),
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
};

/** Opens nothing before it is first used. */
export function serviceClient(options: ServiceClientOptions): ServiceClient {
  const { caller, name, transport, token } = options;
  const exchange = async (request: OutgoingRequest) => {
    const answer = await transport(request);
    if (answer.status < 500) return answer;
    throw new Error(`The ${name} service answered ${answer.status}.`);
  };
  let breaker: ReturnType<typeof guard> | undefined;

  const call = async <Schema extends z.ZodType>(
    request: Pick<OutgoingRequest, "method" | "path" | "body">,
    { schema, cause, signal }: CallOptions<Schema>,
  ): Promise<z.output<Schema>> => {
    breaker ??= guard(exchange, { from: caller, to: name });
    const opened = await breaker;
    const authorization = `Bearer ${await token()}`;
    const deadline = AbortSignal.timeout(DEADLINE);
    const between = { service: caller, peer_service: name };
    const measure = measuring(between, cause.traceparent);
    const answer = await opened
      .fire({
        ...request,
        headers: { ...headersOf(cause), authorization },
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

/** A caller who has gone is no fault of the service. */
async function guard(
  exchange: (request: OutgoingRequest) => Promise<IncomingAnswer>,
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
