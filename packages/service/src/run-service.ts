import { fetchJwks, remoteKeys } from "@cartwright/auth/jwks";
import { tokenVerifier } from "@cartwright/auth/verify-token";
import { openDatabase } from "@cartwright/database/open-database";
import { schemaOf } from "@cartwright/database/role-url";
import { clientCredentials } from "@cartwright/http/client-credentials";
import { httpServer } from "@cartwright/http/server";
import { serviceClients } from "@cartwright/http/service-client";
import { seconds } from "@cartwright/kernel/duration";
import { systemClock } from "@cartwright/kernel/clock";
import type { Bus } from "@cartwright/messaging/bus";
import { kafkaBus } from "@cartwright/messaging/kafka-bus";
import { createLogger, type Logger } from "@cartwright/observability/logger";
import { startLogExport } from "@cartwright/observability/log-export";
import { startTracing, type Tracing } from "@cartwright/observability/tracing";
import type { z } from "zod";
import {
  serviceConfig,
  connectionsOf,
  serviceUrls,
  type ServiceConfig,
} from "./service-config.ts";
import { kafkaSecurity } from "./kafka-config.ts";
import { loadConfig, orExit } from "./load-config.ts";
import { metricsServer } from "./metrics-server.ts";
import { runParts } from "./run-parts.ts";
import { serviceParts, type Surroundings } from "./service-parts.ts";
import type { ServiceDefinition } from "./service.ts";

/** Runs one service in this process, by its environment, until it is told to stop. */
export async function runService<Config extends z.ZodObject>(
  definition: ServiceDefinition<Config>,
): Promise<void> {
  const { name } = definition;
  const config = loadConfig(
    serviceConfig.extend(definition.config.shape),
  ) as ServiceConfig & z.output<Config>;
  const logs = await startLogExport(config.OTEL_EXPORTER_OTLP_ENDPOINT);
  const logger = createLogger({
    ...{ service: name, level: config.LOG_LEVEL },
    exported: logs,
  });
  const surroundings = await surroundingsOf(name, config, logger);
  const { parts, app } = orExit(() =>
    serviceParts(definition, config, surroundings),
  );
  const [db, ...others] = parts;
  const linger = seconds(config.LINGER_SECONDS);
  const server = httpServer({ app, port: config.PORT, logger, linger });
  await runParts(
    [
      logs,
      surroundings.tracing,
      ...metricsServer({ port: config.METRICS_PORT, logger }),
      ...(db ? [db] : []),
      surroundings.bus,
      ...others,
      server,
    ],
    { logger, onStarted: () => logger.info("ready", { port: server.port() }) },
  );
}

async function surroundingsOf(
  name: string,
  config: ServiceConfig,
  logger: Logger,
): Promise<Surroundings> {
  const schema = schemaOf(name);
  const identity = config.IDENTITY_URL;
  const keys = remoteKeys({
    load: fetchJwks(new URL("/.well-known/jwks.json", identity).href),
  });
  const token = clientCredentials({
    url: identity,
    clientId: name,
    clientSecret: config.SERVICE_CLIENT_SECRET,
  });
  const tracing = await tracingOf(name, config);
  return {
    logger,
    clock: systemClock,
    db: openDatabase({
      url: config.DATABASE_URL,
      schema,
      maxConnections: connectionsOf(name),
    }),
    bus: busOf(name, config, logger),
    tracing,
    tokens: tokenVerifier({
      keys,
      issuer: config.TOKEN_ISSUER,
      audience: config.TOKEN_AUDIENCE,
    }),
    clients: serviceClients({
      ...{ caller: name, urls: serviceUrls(config) },
      ...{ token, tracing },
    }),
  };
}

const tracingOf = (name: string, config: ServiceConfig): Promise<Tracing> =>
  startTracing({
    service: name,
    endpoint: config.OTEL_EXPORTER_OTLP_ENDPOINT,
    sampleRatio: config.OTEL_TRACES_SAMPLER_ARG,
  });

const busOf = (name: string, config: ServiceConfig, logger: Logger): Bus =>
  kafkaBus({
    brokers: config.KAFKA_BROKERS,
    security: orExit(() => kafkaSecurity(config)),
    clientId: name,
    logger,
  });
