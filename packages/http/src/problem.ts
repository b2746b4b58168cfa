import { isRetryable } from "@cartwright/database/is-retryable";
import { Refusal } from "@cartwright/kernel/refusal";
import type { Reply } from "./reply.ts";

/** Status by refusal code: the platform's here, each service's own in its `refusals`. */
export type RefusalStatuses = Readonly<Record<string, number>>;

const platformStatuses: RefusalStatuses = {
  "validation-failed": 400,
  "malformed-json": 400,
  "idempotency-key-required": 400,
  "request-aborted": 400,
  "token-missing": 401,
  "token-expired": 401,
  "token-invalid": 401,
  forbidden: 403,
  "not-found": 404,
  "method-not-allowed": 405,
  conflict: 409,
  "body-too-large": 413,
  "unsupported-media-type": 415,
  "idempotency-key-reused": 422,
  "rate-limited": 429,
  "internal-error": 500,
  "service-unavailable": 503,
  "deadline-exceeded": 503,
};

/** A business "no" that no table names is a conflict with the state of things. */
const UNLISTED = 409;

export function statusOf(code: string, own: RefusalStatuses = {}): number {
  const status = own[code] ?? platformStatuses[code];
  return status ?? (code.endsWith("-unavailable") ? 503 : UNLISTED);
}

type ProblemOptions = {
  readonly refusals?: RefusalStatuses;
  readonly correlationId: string;
};

/** The RFC 9457 answer to whatever was thrown; of what was not foreseen it says nothing. */
export function problemReply(error: unknown, options: ProblemOptions): Reply {
  const { code, message, details } = refusalOf(error);
  const status = statusOf(code, options.refusals);
  const { headers, ...facts } = details;
  return {
    status,
    headers: {
      "content-type": "application/problem+json",
      ...headersOf(status, code),
      ...(headers as Readonly<Record<string, string>> | undefined),
    },
    body: {
      ...facts,
      type: `urn:cartwright:problem:${code}`,
      title: titleOf(code),
      status,
      detail: message,
      code,
      correlationId: options.correlationId,
    },
  };
}

/** Whether the error is our fault: worth a log line with its stack. */
export const isUnforeseen = (error: unknown): boolean =>
  !(error instanceof Refusal);

function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  return isRetryable(error)
    ? new Refusal(
        "service-unavailable",
        "The service cannot reach its database right now. Please try again.",
      )
    : new Refusal("internal-error", "Something went wrong on our side.");
}

function headersOf(
  status: number,
  code: string,
): Readonly<Record<string, string>> {
  if (status === 503) return { "retry-after": "1" };
  if (!code.startsWith("token-")) return {};
  return {
    "www-authenticate":
      code === "token-missing" ? "Bearer" : `Bearer error="invalid_token"`,
  };
}

const ACRONYMS = /\b(json|sku)\b/g;

const titleOf = (code: string): string => {
  const words = code
    .replaceAll("-", " ")
    .replace(ACRONYMS, (word) => word.toUpperCase());
  return words.charAt(0).toUpperCase() + words.slice(1);
};
