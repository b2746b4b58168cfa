import type { Queryable } from "@cartwright/database/tx";
import type { Duration } from "@cartwright/kernel/duration";
import type { Logger } from "@cartwright/observability/logger";
import type { RequestListener } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { authorizationStore } from "../db/authorization-store.ts";
import { ledger } from "../db/ledger.ts";
import type { Authorization, Operation } from "../domain/authorization.ts";
import { behaviourOf } from "../domain/card-token.ts";
import type { OperationResult } from "../operations.ts";
import { BadRequest, problem, readJson, type Answer } from "./exchange.ts";

export type ProviderAppOptions = {
  readonly db: Queryable;
  readonly carryOut: (operation: Operation) => Promise<OperationResult>;
  readonly logger: Logger;
  readonly latency: Duration;
  readonly lateAnswer: Duration;
};

/** A request, however it came. */
export type ProviderRequest = {
  readonly method: string | undefined;
  /** Path and query. */
  readonly path: string;
  /** The `Idempotency-Key`. */
  readonly key?: string | string[] | undefined;
  /** Parsed JSON. */
  readonly body: () => unknown;
};

/** Answers a request; never rejects. */
export type ProviderApp = (request: ProviderRequest) => Promise<Answer>;

export const providerApp =
  (options: ProviderAppOptions): ProviderApp =>
  (request) =>
    answerTo(options, request);

/** The provider's API on bare node:http: every order calls it twice, and it is not one of ours. */
export const overHttp =
  (app: ProviderApp): RequestListener =>
  (request, response) => {
    const { method, url = "/", headers } = request;
    const key = headers["idempotency-key"];
    const body = () => readJson(request);
    void app({ method, path: url, key, body }).then(({ status, body }) => {
      response.writeHead(status, {
        "content-type":
          status < 400 ? "application/json" : "application/problem+json",
      });
      response.end(JSON.stringify(body));
    });
  };

async function answerTo(
  options: ProviderAppOptions,
  request: ProviderRequest,
): Promise<Answer> {
  try {
    if (options.latency > 0) await sleep(options.latency);
    return await route(options, request);
  } catch (error) {
    if (error instanceof BadRequest) return problem(error.status, error.code);
    options.logger.error("a request failed", { error: String(error) });
    return problem(500, "internal-error");
  }
}

function route(
  options: ProviderAppOptions,
  request: ProviderRequest,
): Promise<Answer> | Answer {
  const url = new URL(request.path, "http://provider");
  const [resource, key, action, ...more] = url.pathname.slice(1).split("/");
  const endpoint = [
    request.method,
    resource,
    key && ":key",
    action && `/${action}`,
  ]
    .concat(more)
    .filter(Boolean)
    .join(" ");
  switch (endpoint) {
    case "POST authorizations":
      return authorize(options, request);
    case "GET authorizations :key":
      return lookUp(options, key ?? "");
    case "POST authorizations :key /capture":
    case "POST authorizations :key /void":
    case "POST authorizations :key /refund":
      return operate(options, {
        type: action as "capture" | "void" | "refund",
        key: key ?? "",
      });
    case "GET ledger":
      return readLedger(options, url.searchParams);
    case "GET health :key":
      return health(options);
    default:
      return problem(404, "not-found");
  }
}

const authorizeBody = z.strictObject({
  reference: z.string().min(1).max(200),
  amount: z.strictObject({
    amount: z.int().nonnegative(),
    currency: z.string().regex(/^[A-Z]{3}$/),
  }),
  token: z.string().min(1).max(200),
});
const idempotencyKey = z
  .string()
  .min(1)
  .max(255)
  .regex(/^[\w:.-]+$/);

async function authorize(
  options: ProviderAppOptions,
  request: ProviderRequest,
): Promise<Answer> {
  const key = idempotencyKey.safeParse(request.key);
  if (!key.success) return problem(400, "idempotency-key-required");
  const parsed = authorizeBody.safeParse(await request.body());
  if (!parsed.success) throw new BadRequest(400, "validation-failed");
  const body = parsed.data;
  const operation = { type: "authorize", key: key.data, ...body } as const;
  const result = await options.carryOut(operation);
  if (result.created && behaviourOf(body.token).answersLate) {
    await sleep(options.lateAnswer, undefined, { ref: false });
  }
  return answerOf(result);
}

const operate = async (
  options: ProviderAppOptions,
  operation: Operation,
): Promise<Answer> => answerOf(await options.carryOut(operation));

async function lookUp(
  { db }: ProviderAppOptions,
  key: string,
): Promise<Answer> {
  const authorization = await authorizationStore.find(db, key);
  return answerOf({ authorization, created: false });
}

/** A refusal shows what is held all the same, so that nobody has to ask again. */
function answerOf({
  authorization,
  refusal,
  created,
}: OperationResult): Answer {
  if (authorization === undefined) return problem(404, "not-found");
  const body = bodyOf(authorization);
  if (refusal === "key-reused") return problem(422, refusal);
  if (refusal === "frozen") return problem(503, refusal);
  if (refusal !== undefined)
    return problem(409, refusal, { authorization: body });
  return { status: created ? 201 : 200, body };
}

/** The card token stays inside. */
const bodyOf = (authorization: Authorization) => ({
  key: authorization.key,
  reference: authorization.reference,
  amount: authorization.amount,
  status: authorization.status,
  declineCode: authorization.declineCode,
  captureDeclineCode: authorization.captureDeclineCode,
});

const ledgerPage = z.object({
  after: z.coerce.number().int().nonnegative().default(0),
  limit: z.coerce.number().int().min(1).max(10_000).default(1_000),
});

async function readLedger(
  { db }: ProviderAppOptions,
  query: URLSearchParams,
): Promise<Answer> {
  const page = ledgerPage.safeParse(Object.fromEntries(query));
  if (!page.success) return problem(400, "validation-failed");
  const { after, limit } = page.data;
  const [totals, entries] = await Promise.all([
    ledger.totals(db),
    ledger.entriesAfter(db, after, limit),
  ]);
  const last = entries.length === limit ? entries.at(-1)?.position : undefined;
  return {
    status: 200,
    body: { totals, entries, ...(last && { nextAfter: last }) },
  };
}

async function health({ db }: ProviderAppOptions): Promise<Answer> {
  await db.query("SELECT 1");
  return { status: 200, body: { status: "up" } };
}
