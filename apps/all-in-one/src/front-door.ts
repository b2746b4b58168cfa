import { gatewayConfig, limitsOf } from "@cartwright/app-gateway/config";
import { createGateway } from "@cartwright/app-gateway/gateway";
import { inProcessUpstream } from "@cartwright/app-gateway/in-process-upstream";
import { rateLimiter } from "@cartwright/app-gateway/rate-limiter";
import type { Upstream } from "@cartwright/app-gateway/upstream";
import type { TokenVerifier } from "@cartwright/auth/verifier";
import type { ServiceName } from "@cartwright/contracts/services";
import { httpServer } from "@cartwright/http/server";
import { seconds } from "@cartwright/kernel/duration";
import type { Part } from "@cartwright/kernel/part";
import type { Logger } from "@cartwright/observability/logger";
import { startTracing } from "@cartwright/observability/tracing";
import { parseConfig } from "@cartwright/service/load-config";
import type { ServiceParts } from "@cartwright/service/service-parts";
import type { AllInOneConfig } from "./config.ts";

type FrontDoor = {
  readonly config: AllInOneConfig;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly services: Readonly<Record<ServiceName, ServiceParts>>;
  readonly tokens: TokenVerifier;
  readonly logger: Logger;
};

/** The gateway, which hands requests to the services of this process without a hop. */
export async function frontDoor(options: FrontDoor): Promise<readonly Part[]> {
  const { config, environment, services, tokens } = options;
  const gateway = parseConfig(gatewayConfig, environment);
  const logger = options.logger.child({ service: "gateway" });
  const tracing = await startTracing({
    service: "gateway",
    endpoint: config.OTEL_EXPORTER_OTLP_ENDPOINT,
    sampleRatio: config.OTEL_TRACES_SAMPLER_ARG,
  });
  const limits = await rateLimiter({
    limits: limitsOf(gateway),
    redisUrl: gateway.REDIS_URL,
    logger,
  });
  const upstreams = Object.fromEntries(
    Object.values(services).map((service) => [
      service.name,
      inProcessUpstream({ ...service, parts: service.watched }),
    ]),
  ) as Record<ServiceName, Upstream>;
  const app = createGateway({
    upstreams,
    tokens,
    rateLimiter: limits,
    logger,
    tracing,
    allowedOrigins: gateway.ALLOWED_ORIGINS,
    trustedProxies: gateway.TRUSTED_PROXIES,
    trustTraceparent: gateway.TRUST_TRACEPARENT,
  });
  const linger = seconds(config.LINGER_SECONDS);
  const server = httpServer({ app, port: config.PORT, logger, linger });
  return [tracing, limits, server];
}
