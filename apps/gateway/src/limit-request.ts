import { seconds, type Duration } from "@cartwright/kernel/duration";
import { Refusal } from "@cartwright/kernel/refusal";
import { counter } from "@cartwright/observability/metrics";
import type { Response } from "express";
import type { RateClass, RateLimiter } from "./rate-limiter.ts";

const limited = counter("cartwright_rate_limited_requests_total");

/** Counts the request, tells the caller what is left, and refuses when nothing is. */
export async function limitRequest(
  rateLimiter: RateLimiter,
  rate: RateClass,
  caller: string,
  response: Response,
): Promise<void> {
  const { isAllowed, limit, remaining, resetIn } = await rateLimiter.take(
    rate,
    caller,
  );
  const wait = inSeconds(resetIn);
  const window = inSeconds(limit.window);
  response.setHeader(
    "ratelimit-policy",
    `"${rate}";q=${limit.requests};w=${window}`,
  );
  response.setHeader("ratelimit", `"${rate}";r=${remaining};t=${wait}`);
  if (isAllowed) return;
  limited.add(1, { limit: rate });
  throw new Refusal("rate-limited", "Too many requests. Please slow down.", {
    headers: { "retry-after": String(wait) },
  });
}

const inSeconds = (duration: Duration): number =>
  Math.ceil(duration / seconds(1));
