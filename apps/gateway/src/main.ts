import { fetchJwks, remoteKeys } from "@cartwright/auth/jwks";
import { tokenVerifier } from "@cartwright/auth/verify-token";
import { serviceNames, type ServiceName } from "@cartwright/contracts/services";
import { httpServer } from "@cartwright/http/server";
import { seconds } from "@cartwright/kernel/duration";
import { createLogger } from "@cartwright/observability/logger";
import { startLogExport } from "@cartwright/observability/log-export";
import { startTracing } from "@cartwright/observability/tracing";
import { metricsServer } from "@cartwright/service/metrics-server";
import { serviceUrls } from "@cartwright/service/service-config";
import { loadConfig } from "@cartwright/service/load-config";
import { runParts } from "@cartwright/service/run-parts";
import { gatewayProcessConfig, limitsOf } from "./config.ts";
import { createGateway } from "./gateway.ts";
import { httpUpstream } from "./http-upstream.ts";
import { rateLimiter } from "./rate-limiter.ts";
import type { Upstream } from "./upstream.ts";

const config = loadConfig(gatewayProcessConfig);
const logs = await startLogExport(config.OTEL_EXPORTER_OTLP_ENDPOINT);
const logger = createLogger({
  ...{ service: "gateway", level: config.LOG_LEVEL },
  exported: logs,
});
const urls = serviceUrls(config);
const keys = remoteKeys({
  load: fetchJwks(new URL("/.well-known/jwks.json", urls.identity).href),
});
const tracing = await startTracing({
  service: "gateway",
  endpoint: config.OTEL_EXPORTER_OTLP_ENDPOINT,
  sampleRatio: config.OTEL_TRACES_SAMPLER_ARG,
});
const limits = await rateLimiter({
  limits: limitsOf(config),
  redisUrl: config.REDIS_URL,
  logger,
});
const app = createGateway({
  upstreams: Object.fromEntries(
    serviceNames.map((name) => [name, httpUpstream({ name, url: urls[name] })]),
  ) as Record<ServiceName, Upstream>,
  tokens: tokenVerifier({
    keys,
    issuer: config.TOKEN_ISSUER,
    audience: config.TOKEN_AUDIENCE,
  }),
  rateLimiter: limits,
  logger,
  tracing,
  allowedOrigins: config.ALLOWED_ORIGINS,
  trustedProxies: config.TRUSTED_PROXIES,
  trustTraceparent: config.TRUST_TRACEPARENT,
});
const metrics = metricsServer({ port: config.METRICS_PORT, logger });
const linger = seconds(config.LINGER_SECONDS);
const server = httpServer({ app, port: config.PORT, logger, linger });

await runParts([logs, tracing, ...metrics, limits, server], {
  logger,
  onStarted: () => logger.info("ready", { port: server.port() }),
});
