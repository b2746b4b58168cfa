import { seconds } from "@cartwright/kernel/duration";
import {
  addressConfig,
  processConfig,
} from "@cartwright/service/service-config";
import { z } from "zod";
import type { Limit, RateClass } from "./rate-limiter.ts";

const requests = z.coerce.number().int().min(1);
const windowSeconds = z.coerce.number().int().min(1).max(86_400);

const origins = z
  .string()
  .transform((list) => list.split(",").map((origin) => origin.trim()))
  .pipe(z.array(z.url({ protocol: /^https?$/ })));

/** The gateway's own environment variables, whatever process it runs in. */
export const gatewayConfig = z.object({
  RATE_LIMIT_REQUESTS: requests
    .default(1_000)
    .describe(
      "Requests that a user, or an address without a token, may make in a window.",
    ),
  RATE_LIMIT_WINDOW_SECONDS: windowSeconds
    .default(10)
    .describe("How long that window is."),
  LOGIN_LIMIT_REQUESTS: requests
    .default(60)
    .describe(
      "How often an address may register, log in and ask for service tokens in a window.",
    ),
  LOGIN_LIMIT_WINDOW_SECONDS: windowSeconds
    .default(60)
    .describe("How long that window is."),
  REDIS_URL: z
    .url({ protocol: /^rediss?$/ })
    .optional()
    .describe(
      "Where all gateways count together; each counts for itself without it.",
    ),
  ALLOWED_ORIGINS: origins
    .default([])
    .describe("Web origins whose pages may call the API, separated by commas."),
  TRUSTED_PROXIES: z.coerce
    .number()
    .int()
    .min(0)
    .max(10)
    .default(0)
    .describe("Reverse proxies in front, whose `X-Forwarded-For` is believed."),
  TRUST_TRACEPARENT: z
    .enum(["true", "false"])
    .default("false")
    .transform((word) => word === "true")
    .describe(
      "Whether callers' traces go on in ours and decide whether ours are recorded, instead of being linked to them; where nobody else reaches the gateway.",
    ),
});

/** All of them, where it has a process to itself: it keeps nothing, reads no topic, and has no token of its own. */
export const gatewayProcessConfig = processConfig
  .omit({ SERVICE_CLIENT_SECRET: true })
  .extend({ ...addressConfig.shape, ...gatewayConfig.shape });

export type GatewayConfig = z.output<typeof gatewayConfig>;

export const limitsOf = (
  config: GatewayConfig,
): Readonly<Record<RateClass, Limit>> => ({
  default: {
    requests: config.RATE_LIMIT_REQUESTS,
    window: seconds(config.RATE_LIMIT_WINDOW_SECONDS),
  },
  login: {
    requests: config.LOGIN_LIMIT_REQUESTS,
    window: seconds(config.LOGIN_LIMIT_WINDOW_SECONDS),
  },
});
