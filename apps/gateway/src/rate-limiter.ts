import { seconds, type Duration } from "@cartwright/kernel/duration";
import type { Part } from "@cartwright/kernel/part";
import type { Logger } from "@cartwright/observability/logger";
import {
  RateLimiterMemory,
  RateLimiterRedis,
  RateLimiterRes,
  type RateLimiterAbstract,
} from "rate-limiter-flexible";
import { openRedis, type OpenRedis } from "./redis.ts";

export type Limit = { readonly requests: number; readonly window: Duration };

/** What is counted apart: guessing passwords is cheap, browsing is not worth guarding as tightly. */
export type RateClass = "default" | "login";

export type Allowance = {
  readonly isAllowed: boolean;
  readonly limit: Limit;
  readonly remaining: number;
  readonly resetIn: Duration;
};

export type RateLimiter = Part & {
  /** Counts a request of a user or an address. */
  take(rate: RateClass, caller: string): Promise<Allowance>;
};

type RateLimiterOptions = {
  readonly limits: Readonly<Record<RateClass, Limit>>;
  /** Counts for all gateways together; each for itself without it, and while it is down. */
  readonly redisUrl?: string | undefined;
  readonly logger: Logger;
};

export async function rateLimiter(
  options: RateLimiterOptions,
): Promise<RateLimiter> {
  const { limits, redisUrl, logger } = options;
  const redis = redisUrl ? await openRedis(redisUrl, logger) : undefined;
  const counters = {
    default: counter("default", limits.default, redis),
    login: counter("login", limits.login, redis),
  };
  return {
    name: "rate limits",
    take: (rate, caller) => take(counters[rate], limits[rate], caller),
    ...(redis && { health: redis.health, stop: redis.stop }),
  };
}

/** While Redis is down each gateway counts alone, and allows half as many guesses. */
function counter(
  rate: RateClass,
  { requests: points, window }: Limit,
  redis: OpenRedis | undefined,
): RateLimiterAbstract {
  const counting = {
    points,
    duration: window / seconds(1),
    keyPrefix: `rate:${rate}`,
  };
  if (!redis) return new RateLimiterMemory(counting);
  const alone = rate === "login" ? Math.ceil(points / 2) : points;
  return new RateLimiterRedis({
    ...counting,
    storeClient: redis.client,
    rejectIfRedisNotReady: true,
    inMemoryBlockOnConsumed: points + 1,
    insuranceLimiter: new RateLimiterMemory({ ...counting, points: alone }),
  });
}

async function take(
  counters: RateLimiterAbstract,
  limit: Limit,
  caller: string,
): Promise<Allowance> {
  try {
    return allowance(true, limit, await counters.consume(caller));
  } catch (error) {
    if (error instanceof RateLimiterRes) return allowance(false, limit, error);
    throw error;
  }
}

const allowance = (
  isAllowed: boolean,
  limit: Limit,
  { remainingPoints, msBeforeNext }: RateLimiterRes,
): Allowance => ({
  isAllowed,
  limit,
  remaining: Math.max(0, remainingPoints),
  resetIn: msBeforeNext,
});
